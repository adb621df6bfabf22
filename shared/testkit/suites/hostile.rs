//! What strangers send, against labs 2 and 3 and against the real Redis: `hostile.toml` is the table.

use std::panic::{self, AssertUnwindSafe};

use serde::Deserialize;
use testkit::{Lab, Peer, Redis};

use crate::LAB;

const TABLE: &str = include_str!("hostile.toml");

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    send: String,
    #[serde(default)]
    reply: String,
    then: Fate,
    redis: Option<Otherwise>,
}

/// Where Redis does something else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Otherwise {
    #[serde(default)]
    reply: String,
    then: Option<Fate>,
    because: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Fate {
    /// The connection can still be used.
    Open,
    /// The server closes it.
    Closed,
    /// The request is not all here yet.
    Waits,
}

/// The bytes that a text of the table means.
fn bytes(text: &str) -> Vec<u8> {
    let plain = |text: &str| -> Vec<u8> {
        text.chars().map(|letter| u8::try_from(letter).expect("not a byte")).collect()
    };
    let parts = text.split(['{', '}']).enumerate().map(|(place, part)| {
        if place % 2 == 0 {
            return plain(part);
        }
        let (repeated, times) = part.rsplit_once(" x ").expect("what x how often");
        plain(repeated).repeat(times.parse().expect("how often"))
    });
    parts.collect::<Vec<_>>().concat()
}

fn check(connect: impl Fn() -> Peer, send: &str, reply: &str, then: Fate) {
    let mut stranger = connect();
    stranger.send_until_closed(bytes(send)).expect(bytes(reply));
    match then {
        Fate::Open => _ = stranger.ask("PING\r\n", "+PONG\r\n"),
        Fate::Closed => stranger.expect_closed(),
        Fate::Waits => {
            assert!(stranger.hears_nothing_for(std::time::Duration::from_millis(10)));
            stranger.finish().expect_closed();
        }
    }
    drop(stranger);
    connect().ask("PING\r\n", "+PONG\r\n");
}

/// Checks all cases, and tells the sentences of those that failed.
fn check_all(check: impl Fn(&Case)) {
    let table: Table = toml::from_str(TABLE).unwrap();
    assert!(table.case.len() > 60, "only {} cases", table.case.len());
    let failed = |case: &&Case| panic::catch_unwind(AssertUnwindSafe(|| check(case))).is_err();
    let failed: Vec<&str> = table.case.iter().filter(failed).map(|case| &*case.says).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn strangers_meet_the_fate_that_the_table_says_and_the_next_client_is_answered() {
    let mut lab = Lab::start_with(LAB, &["--quiet"]);
    check_all(|case| check(|| lab.connect(), &case.send, &case.reply, case.then));
    assert!(lab.is_running());
}

#[test]
#[ignore = "needs redis-server: scripts/test.sh installs it"]
fn every_stranger_meets_the_fate_that_redis_has_for_it() {
    let redis = Redis::start();
    check_all(|case| {
        let (reply, then) = match &case.redis {
            None => (&case.reply, case.then),
            Some(other) => {
                assert!(!other.because.is_empty(), "{}: and why?", case.says);
                (&other.reply, other.then.unwrap_or(case.then))
            }
        };
        check(|| redis.connect(), &case.send, reply, then);
    });
}

#[test]
fn no_length_is_believed_before_its_bytes_are_here() {
    const MOST: u64 = 32 << 20;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let ask = |claim: &str| {
        let mut stranger = lab.connect();
        stranger.send(claim).finish().expect_closed();
    };
    ask("PING");
    let before = lab.memory("VmPeak");
    for claim in ["*2147483647\r\n", "*1\r\n$536870912\r\n", "*1000000\r\n$536870912\r\nx"] {
        ask(claim);
        let grown = lab.memory("VmPeak") - before;
        assert!(grown < MOST, "{claim:?} made it take {grown} bytes");
    }
}
