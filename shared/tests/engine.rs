//! Commands on an engine. Time is an argument, so no test sleeps.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use shared::clock::UnixMillis;
use shared::engine::Engine;
use shared::inline;
use shared::limits::Limits;
use shared::reply::{Reply, Version};
use shared::session::Session;

#[allow(dead_code, unused_imports, reason = "a part of lab 2")]
#[path = "../../labs/lab2-resp/src/protocol.rs"]
mod protocol;

struct Setup {
    engine: Engine,
    session: Session,
    now: UnixMillis,
}

impl Setup {
    fn new() -> Self {
        let addr = SocketAddr::from(([127, 0, 0, 1], 6379));
        let limits = Limits { max_clients: 2, idle_timeout: 0, max_memory: 0 };
        let mut engine = Engine::new("test", addr, Arc::default(), limits);
        let session = engine.connect(addr);
        Self { engine, session, now: 1_000_000 }
    }

    /// Executes a line at the time `self.now`, and returns the encoded reply.
    fn ask(&mut self, line: &str) -> String {
        let request = inline::split(line.as_bytes()).unwrap();
        let reply = self.engine.execute(&request, &self.session, self.now);
        let mut output = Vec::new();
        protocol::encode_reply(&reply, Version::Resp2, &mut output);
        String::from_utf8(output).unwrap()
    }
}

#[test]
fn a_key_exists_up_to_its_deadline_and_not_after_it() {
    let mut setup = Setup::new();
    setup.ask("SET name Alice EX 5");
    setup.now += 5_000;
    assert_eq!(setup.ask("GET name"), "$5\r\nAlice\r\n");
    assert_eq!(setup.ask("PTTL name"), ":0\r\n");
    setup.now += 1;
    assert_eq!(setup.ask("GET name"), "$-1\r\n");
    assert_eq!(setup.ask("DBSIZE"), ":0\r\n");
    assert_eq!(setup.engine.state.stats.expired.load(Ordering::Relaxed), 1);
}

#[test]
fn ttl_is_rounded_to_the_nearest_second() {
    let mut setup = Setup::new();
    setup.ask("SET k v PX 10000");
    for (passed, ttl) in [(0, 10), (500, 10), (1, 9), (998, 9), (1, 9), (1, 8)] {
        setup.now += passed;
        let left = setup.ask("PTTL k");
        assert_eq!(setup.ask("TTL k"), format!(":{ttl}\r\n"), "{left}");
    }
}

#[test]
fn incr_keeps_the_deadline_and_set_removes_it() {
    let mut setup = Setup::new();
    setup.ask("SET n 1 EX 10");
    assert_eq!(setup.ask("INCR n"), ":2\r\n");
    assert_eq!(setup.ask("TTL n"), ":10\r\n");
    setup.ask("SET n 1");
    assert_eq!(setup.ask("TTL n"), ":-1\r\n");
}

#[test]
fn deadlines_are_calculated_from_the_time_of_the_command() {
    let mut setup = Setup::new();
    setup.ask("MSET a 1 b 1 c 1 d 1");
    assert_eq!(setup.ask("EXPIREAT a 1010"), ":1\r\n");
    assert_eq!(setup.ask("PTTL a"), ":10000\r\n");
    assert_eq!(setup.ask("PEXPIREAT b 1000001"), ":1\r\n");
    assert_eq!(setup.ask("PTTL b"), ":1\r\n");
    assert_eq!(setup.ask("EXPIREAT c 1000"), ":1\r\n");
    assert_eq!(setup.ask("EXISTS c"), ":0\r\n");
    assert_eq!(setup.ask("SET d 2 PXAT 1000002"), "+OK\r\n");
    setup.now += 2;
    assert_eq!(setup.ask("EXISTS a b d"), ":2\r\n");
    setup.now += 1;
    assert_eq!(setup.ask("EXISTS a b d"), ":1\r\n");
    assert_eq!(setup.ask(&format!("PEXPIREAT a {}", setup.now)), ":1\r\n");
    assert_eq!(setup.ask("EXISTS a"), ":0\r\n");
}

#[test]
fn the_poll_timeout_ends_when_the_next_key_is_due() {
    let mut setup = Setup::new();
    assert_eq!(setup.engine.until_next_deadline(|| setup.now), None);
    setup.ask("SET late 1 PX 900");
    setup.ask("SET soon 1 PX 300");
    let wait = |setup: &Setup| setup.engine.until_next_deadline(|| setup.now);
    assert_eq!(wait(&setup), Some(Duration::from_millis(301)));
    setup.now += 301;
    setup.engine.expire(setup.now);
    assert_eq!(setup.engine.state.store.len(), 1);
    setup.now += 1_000;
    assert_eq!(wait(&setup), Some(Duration::ZERO));
    setup.engine.expire(setup.now);
    assert_eq!(wait(&setup), None);
}

#[test]
fn an_error_shows_the_command_name_as_typed_and_at_most_128_bytes_of_it() {
    let mut setup = Setup::new();
    assert_eq!(setup.ask("FoO"), "-ERR unknown command 'FoO'\r\n");
    assert_eq!(setup.ask("get"), "-ERR wrong number of arguments for 'get'\r\n");
    let long = setup.ask(&"x".repeat(10_000));
    assert_eq!(long, format!("-ERR unknown command '{}'\r\n", "x".repeat(128)));
    assert_eq!(setup.ask("\"two\\r\\nlines\""), "-ERR unknown command 'two  lines'\r\n");
}

#[test]
fn a_session_is_listed_until_it_ends() {
    let mut setup = Setup::new();
    assert!(setup.ask("INFO clients").contains("connected_clients:1"));
    setup.engine.disconnect(&setup.session, None);
    assert!(setup.ask("INFO clients").contains("connected_clients:0"));
}

#[test]
fn a_client_beyond_the_limit_is_refused_and_counted() {
    let mut setup = Setup::new();
    assert!(!setup.engine.is_full());
    let second = setup.engine.connect(setup.engine.state.addr);
    assert!(setup.engine.is_full());
    let reply = setup.engine.refuse(setup.engine.state.addr);
    assert_eq!(reply, Reply::Error("ERR max number of clients reached".into()));
    assert!(setup.ask("INFO clients").contains("connected_clients:2\r\nmaxclients:2\r\n"));
    assert!(setup.ask("INFO stats").contains("rejected_connections:1\r\n"));
    assert_eq!(setup.ask("CONFIG GET maxclients"), "*2\r\n$10\r\nmaxclients\r\n$1\r\n2\r\n");
    setup.engine.disconnect(&second, None);
    assert!(!setup.engine.is_full());
}

#[test]
fn when_memory_is_full_writes_are_refused_and_other_commands_work() {
    const FULL: &str = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    let mut setup = Setup::new();
    setup.engine.state.limits.max_memory = 10_000;
    let long = "x".repeat(6_000);
    assert_eq!(setup.ask(&format!("SET a {long}")), "+OK\r\n");
    assert_eq!(setup.ask(&format!("SET b {long}")), FULL);
    assert_eq!(setup.ask(&format!("APPEND a {long}")), FULL);
    assert_eq!(setup.ask("SET short value"), "+OK\r\n");
    assert_eq!(setup.ask("STRLEN a"), ":6000\r\n");
    assert_eq!(setup.ask("EXPIRE a 100"), ":1\r\n");
    assert_eq!(setup.ask("DEL a"), ":1\r\n");
    assert_eq!(setup.ask(&format!("SET b {long}")), "+OK\r\n");
}

#[test]
fn an_append_of_one_byte_takes_little_more_than_the_bytes() {
    const MIB: usize = 1 << 20;
    let mut setup = Setup::new();
    setup.engine.state.limits.max_memory = 100 * MIB;
    assert_eq!(setup.ask(&format!("SET k {}", "x".repeat(70 * MIB))), "+OK\r\n");
    assert_eq!(setup.ask("APPEND k x"), format!(":{}\r\n", 70 * MIB + 1));
    let memory = setup.engine.state.store.memory();
    assert!(memory < 72 * MIB, "{memory} bytes");
}

#[test]
fn one_command_removes_few_of_many_due_keys_and_no_command_sees_one() {
    let mut setup = Setup::new();
    for number in 0..1_000 {
        setup.ask(&format!("SET key:{number} v PX {}", 1 + number / 500));
    }
    setup.ask("SET stays v");
    setup.now += 10;
    let left = |setup: &Setup| setup.engine.state.store.len();
    assert_eq!(setup.ask("PING"), "+PONG\r\n");
    assert!(left(&setup) > 900, "{} keys are left", left(&setup));
    assert_eq!(setup.ask("KEYS *"), "*1\r\n$5\r\nstays\r\n");
    assert_eq!(setup.ask("EXISTS key:999 key:998 stays"), ":1\r\n");
    assert_eq!(setup.ask("APPEND key:997 new"), ":3\r\n");
    assert_eq!(setup.ask("SET key:996 new XX"), "$-1\r\n");
    assert_eq!(setup.ask("TTL key:995"), ":-2\r\n");
    assert!(left(&setup) > 800, "{} keys are left", left(&setup));
    while setup.engine.until_next_deadline(|| setup.now).is_some() {
        setup.engine.expire(setup.now);
    }
    assert_eq!(setup.ask("DBSIZE"), ":2\r\n");
    assert_eq!(setup.engine.state.stats.expired.load(Ordering::Relaxed), 1_000);
}

#[test]
fn due_keys_make_room_before_a_write_is_refused() {
    let mut setup = Setup::new();
    setup.engine.state.limits.max_memory = 100_000;
    for number in 0..100 {
        setup.ask(&format!("SET key:{number} {} PX 5", "x".repeat(800)));
    }
    setup.now += 10;
    assert_eq!(setup.ask(&format!("SET new {}", "x".repeat(90_000))), "+OK\r\n");
}
