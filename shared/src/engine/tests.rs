//! Commands on an engine whose time is ours: nothing here sleeps.

use super::*;
use crate::reply::Version;
use crate::resp;
use crate::wire::Codec as _;

struct Bench {
    engine: Engine,
    session: Rc<Session>,
    now: UnixMillis,
}

impl Bench {
    fn new() -> Self {
        let addr = SocketAddr::from(([127, 0, 0, 1], 6379));
        let limits = Limits { max_clients: 2, idle_timeout: 0, max_memory: 0 };
        let mut engine = Engine::new("test", addr, Arc::default(), limits);
        let session = engine.connect(addr);
        Self { engine, session, now: 1_000_000 }
    }

    /// Executes a line now, and returns the reply as it would be sent.
    fn ask(&mut self, line: &str) -> String {
        let mut inbox = crate::inbox::Inbox::new();
        let words = crate::words::split(line.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        resp::Codec::encode(&words, &mut bytes);
        inbox.push(&bytes);
        let request = resp::decode(&mut inbox).unwrap().unwrap();
        let reply = self.engine.execute(request, &self.session, self.now);
        let mut outbox = Vec::new();
        resp::encode(&reply, Version::Resp2, &mut outbox);
        String::from_utf8(outbox).unwrap()
    }
}

#[test]
fn a_key_is_there_until_its_deadline_and_not_at_it() {
    let mut bench = Bench::new();
    bench.ask("SET name Alice EX 5");
    bench.now += 4_999;
    assert_eq!(bench.ask("GET name"), "$5\r\nAlice\r\n");
    assert_eq!(bench.ask("PTTL name"), ":1\r\n");
    bench.now += 1;
    assert_eq!(bench.ask("GET name"), "$-1\r\n");
    assert_eq!(bench.ask("DBSIZE"), ":0\r\n");
    assert_eq!(bench.engine.stats.expired.load(Ordering::Relaxed), 1);
}

#[test]
fn ttl_is_rounded_to_the_nearest_second() {
    let mut bench = Bench::new();
    bench.ask("SET k v PX 10000");
    for (passed, ttl) in [(0, 10), (500, 10), (1, 9), (998, 9), (1, 9), (1, 8)] {
        bench.now += passed;
        let left = bench.ask("PTTL k");
        assert_eq!(bench.ask("TTL k"), format!(":{ttl}\r\n"), "{left}");
    }
}

#[test]
fn a_counter_keeps_its_deadline_and_set_takes_it_away() {
    let mut bench = Bench::new();
    bench.ask("SET n 1 EX 10");
    assert_eq!(bench.ask("INCR n"), ":2\r\n");
    assert_eq!(bench.ask("TTL n"), ":10\r\n");
    bench.ask("SET n 1");
    assert_eq!(bench.ask("TTL n"), ":-1\r\n");
}

#[test]
fn times_are_counted_from_the_time_of_the_command() {
    let mut bench = Bench::new();
    bench.ask("MSET a 1 b 1 c 1 d 1");
    assert_eq!(bench.ask("EXPIREAT a 1010"), ":1\r\n");
    assert_eq!(bench.ask("PTTL a"), ":10000\r\n");
    assert_eq!(bench.ask("PEXPIREAT b 1000001"), ":1\r\n");
    assert_eq!(bench.ask("PTTL b"), ":1\r\n");
    assert_eq!(bench.ask("EXPIREAT c 1000"), ":1\r\n");
    assert_eq!(bench.ask("EXISTS c"), ":0\r\n");
    assert_eq!(bench.ask("SET d 2 PXAT 1000002"), "+OK\r\n");
    bench.now += 2;
    assert_eq!(bench.ask("EXISTS a b d"), ":1\r\n");
}

#[test]
fn how_long_to_sleep_is_the_time_to_the_next_deadline() {
    let mut bench = Bench::new();
    assert_eq!(bench.engine.until_next_deadline(bench.now), None);
    bench.ask("SET late 1 PX 900");
    bench.ask("SET soon 1 PX 300");
    let wait = |bench: &Bench| bench.engine.until_next_deadline(bench.now);
    assert_eq!(wait(&bench), Some(Duration::from_millis(300)));
    bench.now += 1_000;
    assert_eq!(wait(&bench), Some(Duration::ZERO));
    bench.engine.expire(bench.now);
    assert_eq!(wait(&bench), None);
}

#[test]
fn a_name_is_echoed_as_it_was_typed_and_not_at_any_length() {
    let mut bench = Bench::new();
    assert_eq!(bench.ask("FoO"), "-ERR unknown command 'FoO'\r\n");
    assert_eq!(bench.ask("get"), "-ERR wrong number of arguments for 'get'\r\n");
    let long = bench.ask(&"x".repeat(10_000));
    assert_eq!(long, format!("-ERR unknown command '{}'\r\n", "x".repeat(128)));
    assert_eq!(bench.ask("\"two\\r\\nlines\""), "-ERR unknown command 'two  lines'\r\n");
}

#[test]
fn a_session_is_listed_until_it_ends() {
    let mut bench = Bench::new();
    assert!(bench.ask("INFO clients").contains("connected_clients:1"));
    let session = Rc::clone(&bench.session);
    bench.engine.disconnect(&session, None);
    assert!(bench.ask("INFO clients").contains("connected_clients:0"));
}

#[test]
fn a_client_beyond_the_limit_is_refused_and_counted() {
    let mut bench = Bench::new();
    assert!(!bench.engine.is_full());
    let second = bench.engine.connect(bench.session.addr);
    assert!(bench.engine.is_full());
    let told = bench.engine.refuse(second.addr);
    assert_eq!(told, Reply::Error("ERR max number of clients reached".into()));
    assert!(bench.ask("INFO clients").contains("connected_clients:2\r\nmaxclients:2\r\n"));
    assert!(bench.ask("INFO stats").contains("rejected_connections:1\r\n"));
    assert_eq!(bench.ask("CONFIG GET maxclients"), "*2\r\n$10\r\nmaxclients\r\n$1\r\n2\r\n");
    bench.engine.disconnect(&second, None);
    assert!(!bench.engine.is_full());
}

#[test]
fn when_memory_is_full_writes_are_refused_and_all_else_goes_on() {
    const FULL: &str = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    let mut bench = Bench::new();
    bench.engine.limits.max_memory = 10_000;
    let long = "x".repeat(6_000);
    assert_eq!(bench.ask(&format!("SET a {long}")), "+OK\r\n");
    assert_eq!(bench.ask(&format!("SET b {long}")), FULL);
    assert_eq!(bench.ask(&format!("APPEND a {long}")), FULL);
    assert_eq!(bench.ask("SET short word"), "+OK\r\n");
    assert_eq!(bench.ask("STRLEN a"), ":6000\r\n");
    assert_eq!(bench.ask("EXPIRE a 100"), ":1\r\n");
    assert_eq!(bench.ask("DEL a"), ":1\r\n");
    assert_eq!(bench.ask(&format!("SET b {long}")), "+OK\r\n");
}
