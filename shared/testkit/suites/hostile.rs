//! Untrusted input, sent to a lab and to a real redis-server. `hostile.toml` is the table of cases.

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
    name: String,
    send: String,
    #[serde(default)]
    reply: String,
    then: Expected,
    redis: Option<RedisDiffers>,
}

/// The reaction of Redis, if it differs, and the reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RedisDiffers {
    #[serde(default)]
    reply: String,
    then: Option<Expected>,
    because: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Expected {
    /// The server answers a PING on the same connection.
    Open,
    /// The server closes the connection.
    Closed,
    /// The server waits for the rest of the request.
    Waits,
}

/// Translates a text of the table into bytes.
fn bytes(text: &str) -> Vec<u8> {
    let plain = |text: &str| -> Vec<u8> {
        text.chars().map(|letter| u8::try_from(letter).expect("not a byte")).collect()
    };
    let parts = text.split(['{', '}']).enumerate().map(|(index, part)| {
        if index % 2 == 0 {
            return plain(part);
        }
        let (repeated, times) = part.rsplit_once(" x ").expect("text x count");
        plain(repeated).repeat(times.parse().expect("a count"))
    });
    parts.collect::<Vec<_>>().concat()
}

fn check(connect: impl Fn() -> Peer, send: &str, reply: &str, then: Expected) {
    let mut client = connect();
    client.send_until_closed(bytes(send)).expect(bytes(reply));
    match then {
        Expected::Open => _ = client.ask("PING\r\n", "+PONG\r\n"),
        Expected::Closed => client.expect_closed(),
        Expected::Waits => {
            assert!(client.receives_nothing_for(std::time::Duration::from_millis(10)));
            client.finish().expect_closed();
        }
    }
    drop(client);
    connect().ask("PING\r\n", "+PONG\r\n");
}

/// Checks all cases. A failure lists the names of the failed cases.
fn check_all(check: impl Fn(&Case)) {
    let table: Table = toml::from_str(TABLE).unwrap();
    assert!(table.case.len() > 60, "only {} cases", table.case.len());
    let failed = |case: &&Case| panic::catch_unwind(AssertUnwindSafe(|| check(case))).is_err();
    let failed: Vec<&str> = table.case.iter().filter(failed).map(|case| &*case.name).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn untrusted_input_is_handled_as_the_table_says_and_the_next_client_is_answered() {
    let mut lab = Lab::start_with(LAB, &["--quiet"]);
    check_all(|case| check(|| lab.connect(), &case.send, &case.reply, case.then));
    assert!(lab.is_running());
}

#[test]
#[ignore = "needs redis-server: scripts/test.sh installs it"]
fn untrusted_input_is_handled_as_redis_does() {
    let redis = Redis::start();
    check_all(|case| {
        let (reply, then) = match &case.redis {
            None => (&case.reply, case.then),
            Some(other) => {
                assert!(!other.because.is_empty(), "{}: the reason is missing", case.name);
                (&other.reply, other.then.unwrap_or(case.then))
            }
        };
        check(|| redis.connect(), &case.send, reply, then);
    });
}

#[test]
fn a_length_takes_no_memory_before_its_bytes_arrive() {
    // Half of the announced length. (Each thread that writes a log reserves 64 MiB of address space.)
    const LIMIT: u64 = 256 << 20;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let send = |bytes: &str| {
        let mut client = lab.connect();
        client.send(bytes).finish().expect_closed();
    };
    send("PING");
    let before = lab.memory("VmPeak");
    for announced in ["*2147483647\r\n", "*1\r\n$536870912\r\n", "*1000000\r\n$536870912\r\nx"] {
        send(announced);
        let grown = lab.memory("VmPeak") - before;
        assert!(grown < LIMIT, "{announced:?} took {grown} bytes of memory");
    }
}

#[test]
fn a_request_without_an_end_is_closed_when_it_takes_more_than_the_memory_limit() {
    const LIMIT: u64 = 64 << 20;
    let lab = Lab::start_with(LAB, &["--quiet", "--max-memory", "16mb"]);
    lab.connect().ask("PING\r\n", "+PONG\r\n");
    let before = lab.memory("VmHWM");
    for (start, part) in [
        ("*2147483647\r\n", "$0\r\n\r\n".repeat(10_000)),
        ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$500000000\r\n", "x".repeat(60_000)),
    ] {
        let mut client = lab.connect();
        client.send(start);
        let reason = "an unfinished request takes more than 16777216 bytes (--max-memory)";
        let line = format!("Connection closed for {}: {reason}", client.local_addr());
        let sent = (0..1_000).take_while(|_| client.try_send(&part).is_ok()).count();
        assert!(sent < 1_000, "{sent} parts of {start:?} were taken");
        lab.wait_for_log(&line);
    }
    let grown = lab.memory("VmHWM") - before;
    assert!(grown < LIMIT, "{grown} bytes");
    // A short request may always arrive in pieces.
    let lab = Lab::start_with(LAB, &["--quiet", "--max-memory", "1"]);
    let mut client = lab.connect();
    client.send("*1\r\n$4\r\nPI");
    assert!(client.receives_nothing_for(std::time::Duration::from_millis(50)));
    client.ask("NG\r\n", "+PONG\r\n");
}

#[test]
fn a_request_without_an_end_is_closed_at_one_gigabyte() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut client = lab.connect();
    client.send("*2147483647\r\n");
    let line = format!("Connection closed for {}: an unfinished request", client.local_addr());
    let part = "$0\r\n\r\n".repeat(100_000);
    let sent = (0..500).take_while(|_| client.try_send(&part).is_ok()).count();
    assert!(sent < 500, "{sent} parts were taken");
    lab.wait_for_log(&line);
    lab.connect().ask("PING\r\n", "+PONG\r\n");
}

#[test]
fn the_log_says_at_which_byte_a_request_is_wrong_and_why() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    for (request, reason) in [
        ("*2\r\n$3\r\nGETX\r\n$1\r\nk\r\n", r"byte 14 of the request: expected '$', got '\n'"),
        ("*2\r\n$3\r\nGET\r\n$9x\r\nk\r\n", "byte 14 of the request: invalid bulk length"),
        ("*x\r\n", "byte 1 of the request: invalid multibulk length"),
        ("ECHO 1\r\nGET \"\x1b[2J\r\n", "byte 1 of the request: unbalanced quotes in request"),
    ] {
        let mut client = lab.connect();
        let start = format!("Protocol error from {} at ", client.local_addr());
        client.send(request);
        lab.wait_for_log(&format!("{start}{reason}"));
    }
    assert!(!lab.log().contains('\x1b'), "{}", lab.log());
}
