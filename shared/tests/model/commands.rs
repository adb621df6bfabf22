//! The commands against the model, request by request, with the real protocol.

use std::net::SocketAddr;
use std::sync::Arc;

use codec::Codec as _;
use codec::resp::Codec;
use proptest::prelude::*;
use shared::buffer::Parsed;
use shared::engine::Engine;
use shared::limits::Limits;
use shared::reply::Version;
use shared::session::Session;

use super::naive::Naive;
use super::protocol;
use super::requests::{Command, Condition, Lifetime, Only, Read, START, Set, command};

/// The arguments of a request that is sent at the time `now`.
fn args(command: &Command, now: i64) -> Vec<String> {
    use std::slice::from_ref;
    let with_name = |name: &str, rest: &[String]| [&[name.to_owned()], rest].concat();
    match command {
        Command::Set(set) => set_args(set),
        Command::MSet(pairs) => {
            let rest = pairs.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
            with_name("MSET", &rest.collect::<Vec<_>>())
        }
        Command::Del(keys) => with_name("DEL", keys),
        Command::Append(key, tail) => with_name("APPEND", &[key.clone(), tail.clone()]),
        Command::Add(key, 1) => with_name("INCR", from_ref(key)),
        Command::Add(key, -1) => with_name("DECR", from_ref(key)),
        Command::Add(key, amount @ (0.. | i64::MIN)) => {
            with_name("INCRBY", &[key.clone(), amount.to_string()])
        }
        Command::Add(key, amount) => with_name("DECRBY", &[key.clone(), (-amount).to_string()]),
        Command::Expire(key, time, condition) => expire_args(key, *time, *condition, now),
        Command::Persist(key) => with_name("PERSIST", from_ref(key)),
        Command::FlushAll => with_name("FLUSHALL", &[]),
        Command::Read(Read::Get(key)) => with_name("get", from_ref(key)),
        Command::Read(Read::MGet(keys)) => with_name("MGET", keys),
        Command::Read(Read::Exists(keys)) => with_name("EXISTS", keys),
        Command::Read(Read::Type(key)) => with_name("TYPE", from_ref(key)),
        Command::Read(Read::Strlen(key)) => with_name("STRLEN", from_ref(key)),
        Command::Read(Read::Ttl(key, true)) => with_name("TTL", from_ref(key)),
        Command::Read(Read::Ttl(key, false)) => with_name("PTTL", from_ref(key)),
        Command::Read(Read::DbSize) => with_name("DBSIZE", &[]),
    }
}

fn set_args(set: &Set) -> Vec<String> {
    let mut args = vec!["SET".to_owned(), set.key.clone(), set.value.clone()];
    let mut add = |text: &str| args.extend(text.split(' ').map(str::to_owned));
    match set.only {
        Only::Always => {}
        Only::IfMissing => add("NX"),
        Only::IfThere => add("xx"),
    }
    match set.lifetime {
        Lifetime::Forever => {}
        Lifetime::Keep => add("KEEPTTL"),
        Lifetime::Seconds(seconds) => add(&format!("EX {seconds}")),
        Lifetime::Millis(millis) => add(&format!("px {millis}")),
        Lifetime::Until(time) if time % 1000 == 0 => add(&format!("EXAT {}", time / 1000)),
        Lifetime::Until(time) => add(&format!("PXAT {time}")),
    }
    if set.get {
        add("GET");
    }
    args
}

/// Four commands can set the same deadline.
fn expire_args(key: &str, time: i64, condition: Condition, now: i64) -> Vec<String> {
    let (name, amount) = match (time % 1000, (time - now) % 1000) {
        (0, _) => ("EXPIREAT", time / 1000),
        (_, 0) => ("EXPIRE", (time - now) / 1000),
        (odd, _) if odd % 1000 == 500 => ("PEXPIRE", time - now),
        _ => ("PEXPIREAT", time),
    };
    let condition = match condition {
        Condition::Always => None,
        Condition::IfNone => Some("NX"),
        Condition::IfSome => Some("XX"),
        Condition::IfLater => Some("gt"),
        Condition::IfEarlier => Some("LT"),
    };
    let args = [name, key, &amount.to_string()].map(str::to_owned);
    args.into_iter().chain(condition.map(str::to_owned)).collect()
}

/// Sends a request, and returns the bytes of the reply.
fn send(engine: &mut Engine, session: &Session, args: &[String], now: i64) -> Vec<u8> {
    let (mut bytes, mut output) = (Vec::new(), Vec::new());
    let args: Vec<Vec<u8>> = args.iter().map(|arg| arg.clone().into_bytes()).collect();
    Codec::encode_request(&args, &mut bytes);
    let decoded = protocol::decode_request(&bytes, &mut Parsed::default());
    let (request, _) = decoded.unwrap().unwrap();
    let reply = engine.execute(&request, session, now);
    protocol::encode_reply(&reply, Version::Resp2, &mut output);
    output
}

/// A command, and the milliseconds since the command before it. Most are 0, so that keys do not expire too soon.
fn step() -> impl Strategy<Value = (Command, i64)> {
    (command(), prop_oneof![6 => Just(0), 1 => Just(500), 1 => 0..100i64])
}

proptest! {
    #[test]
    fn the_commands_do_the_same_as_the_model(steps in proptest::collection::vec(step(), 1..60)) {
        let addr = SocketAddr::from(([127, 0, 0, 1], 6379));
        let limits = Limits { max_clients: 1, idle_timeout: 0, max_memory: 0 };
        let mut engine = Engine::new("test", addr, Arc::default(), limits);
        let session = engine.connect(addr);
        let (mut naive, mut now) = (Naive::default(), START);
        for (command, millis) in &steps {
            now += millis;
            let (args, mut expected) = (args(command, now), Vec::new());
            protocol::encode_reply(&naive.execute(command, now), Version::Resp2, &mut expected);
            let reply = send(&mut engine, &session, &args, now);
            prop_assert!(
                reply == expected,
                "{args:?} at {now}: {:?}, but the model replies {:?}",
                reply.escape_ascii().to_string(), expected.escape_ascii().to_string()
            );
        }
    }
}
