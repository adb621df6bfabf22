//! The commands, request by request, as a client would send them.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use proptest::prelude::*;
use shared::engine::Engine;
use shared::inbox::Inbox;
use shared::limits::Limits;
use shared::reply::Version;
use shared::resp;
use shared::session::Session;
use shared::wire::Codec as _;

use super::naive::Naive;
use super::requests::{Ask, Condition, Lifetime, Look, Only, START, Set, ask};

/// The words of a request, sent `now`.
fn words(ask: &Ask, now: i64) -> Vec<String> {
    use std::slice::from_ref;
    let command = |name: &str, rest: &[String]| [&[name.to_owned()], rest].concat();
    match ask {
        Ask::Set(set) => set_words(set),
        Ask::MSet(pairs) => {
            let words = pairs.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
            command("MSET", &words.collect::<Vec<_>>())
        }
        Ask::Del(keys) => command("DEL", keys),
        Ask::Append(key, tail) => command("APPEND", &[key.clone(), tail.clone()]),
        Ask::Add(key, 1) => command("INCR", from_ref(key)),
        Ask::Add(key, -1) => command("DECR", from_ref(key)),
        Ask::Add(key, amount @ (0.. | i64::MIN)) => {
            command("INCRBY", &[key.clone(), amount.to_string()])
        }
        Ask::Add(key, amount) => command("DECRBY", &[key.clone(), (-amount).to_string()]),
        Ask::Expire(key, time, condition) => expire_words(key, *time, *condition, now),
        Ask::Persist(key) => command("PERSIST", from_ref(key)),
        Ask::FlushAll => command("FLUSHALL", &[]),
        Ask::Look(Look::Get(key)) => command("get", from_ref(key)),
        Ask::Look(Look::MGet(keys)) => command("MGET", keys),
        Ask::Look(Look::Exists(keys)) => command("EXISTS", keys),
        Ask::Look(Look::Type(key)) => command("TYPE", from_ref(key)),
        Ask::Look(Look::Strlen(key)) => command("STRLEN", from_ref(key)),
        Ask::Look(Look::Left(key, true)) => command("TTL", from_ref(key)),
        Ask::Look(Look::Left(key, false)) => command("PTTL", from_ref(key)),
        Ask::Look(Look::DbSize) => command("DBSIZE", &[]),
    }
}

fn set_words(set: &Set) -> Vec<String> {
    let mut words = vec!["SET".to_owned(), set.key.clone(), set.value.clone()];
    let mut say = |text: &str| words.extend(text.split(' ').map(str::to_owned));
    match set.only {
        Only::Always => {}
        Only::IfMissing => say("NX"),
        Only::IfThere => say("xx"),
    }
    match set.lifetime {
        Lifetime::Forever => {}
        Lifetime::Keep => say("KEEPTTL"),
        Lifetime::Seconds(seconds) => say(&format!("EX {seconds}")),
        Lifetime::Millis(millis) => say(&format!("px {millis}")),
        Lifetime::Until(time) if time % 1000 == 0 => say(&format!("EXAT {}", time / 1000)),
        Lifetime::Until(time) => say(&format!("PXAT {time}")),
    }
    if set.get {
        say("GET");
    }
    words
}

/// The same deadline can be said in four ways.
fn expire_words(key: &str, time: i64, condition: Condition, now: i64) -> Vec<String> {
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
    let words = [name, key, &amount.to_string()].map(str::to_owned);
    words.into_iter().chain(condition.map(str::to_owned)).collect()
}

/// Sends a request, and returns the bytes of the reply.
fn send(engine: &mut Engine, session: &Session, words: &[String], now: i64) -> Vec<u8> {
    let (mut inbox, mut bytes, mut reply) = (Inbox::new(), Vec::new(), Vec::new());
    let words: Vec<Vec<u8>> = words.iter().map(|word| word.clone().into_bytes()).collect();
    resp::Codec::encode(&words, &mut bytes);
    inbox.push(&bytes);
    let request = resp::decode(&mut inbox).unwrap().unwrap();
    resp::encode(&engine.execute(request, session, now), Version::Resp2, &mut reply);
    reply
}

/// A request, and how long after the one before it is sent: most often at once, so that deadlines are to come.
fn step() -> impl Strategy<Value = (Ask, i64)> {
    (ask(), prop_oneof![6 => Just(0), 1 => Just(500), 1 => 0..100i64])
}

proptest! {
    #[test]
    fn the_commands_do_what_the_model_does(steps in proptest::collection::vec(step(), 1..60)) {
        let addr = SocketAddr::from(([127, 0, 0, 1], 6379));
        let limits = Limits { max_clients: 1, idle_timeout: 0, max_memory: 0 };
        let mut engine = Engine::new("test", addr, Arc::default(), limits);
        let session: Rc<Session> = engine.connect(addr);
        let (mut naive, mut now) = (Naive::default(), START);
        for (ask, millis) in &steps {
            now += millis;
            let (words, mut expected) = (words(ask, now), Vec::new());
            resp::encode(&naive.execute(ask, now), Version::Resp2, &mut expected);
            let reply = send(&mut engine, &session, &words, now);
            prop_assert!(
                reply == expected,
                "{words:?} at {now}: {:?}, the model says {:?}",
                reply.escape_ascii().to_string(), expected.escape_ascii().to_string()
            );
        }
    }
}
