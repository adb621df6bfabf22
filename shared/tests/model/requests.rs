//! Random commands that the model understands.

use proptest::prelude::*;

/// A command.
#[derive(Debug, Clone)]
pub enum Command {
    Set(Set),
    MSet(Vec<(String, String)>),
    Del(Vec<String>),
    Append(String, String),
    /// INCR, DECR, INCRBY or DECRBY, as the number requires.
    Add(String, i64),
    /// The key expires at this time: EXPIRE, PEXPIRE, EXPIREAT or PEXPIREAT, as the time allows.
    Expire(String, i64, Condition),
    Persist(String),
    FlushAll,
    Read(Read),
}

/// A command that changes nothing.
#[derive(Debug, Clone)]
pub enum Read {
    Get(String),
    MGet(Vec<String>),
    Exists(Vec<String>),
    Type(String),
    Strlen(String),
    /// TTL (true) or PTTL (false).
    Ttl(String, bool),
    DbSize,
}

/// SET with its options.
#[derive(Debug, Clone)]
pub struct Set {
    pub key: String,
    pub value: String,
    pub only: Only,
    pub get: bool,
    pub lifetime: Lifetime,
}

/// NX and XX.
#[derive(Debug, Clone, Copy)]
pub enum Only {
    Always,
    IfMissing,
    IfThere,
}

/// KEEPTTL, EX, PX, PXAT.
#[derive(Debug, Clone, Copy)]
pub enum Lifetime {
    Forever,
    Keep,
    Seconds(i64),
    Millis(i64),
    Until(i64),
}

/// NX, XX, GT, LT.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    Always,
    IfNone,
    IfSome,
    IfLater,
    IfEarlier,
}

/// The time of the first command, in milliseconds since 1970. A test lasts some seconds.
pub const START: i64 = 1_000_000;

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => (b'a'..b'e').prop_map(|key| char::from(key).to_string()), 1 => Just("k".repeat(60)), 1 => Just(String::new())]
}

fn keys() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(key(), 1..4)
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[ -~]{0,8}",
        3 => (-20..20i64).prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => Just("007".to_owned()),
        1 => Just("long ".repeat(30)),
    ]
}

/// Most times are multiples of half a second, so that deadlines are often equal. Some are between them.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => (-1..6i64).prop_map(|halves| START + halves * 500),
        1 => START - 500..START + 5_000,
    ]
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    prop_oneof![
        Just(Lifetime::Forever),
        Just(Lifetime::Keep),
        (-1..5i64).prop_map(Lifetime::Seconds),
        (-1..3_000i64).prop_map(Lifetime::Millis),
        time().prop_map(Lifetime::Until),
        Just(Lifetime::Until(0)),
    ]
}

/// SET with any options.
fn set() -> impl Strategy<Value = Command> {
    use Only::{Always, IfMissing, IfThere};
    let only = prop_oneof![Just(Always), Just(IfMissing), Just(IfThere)];
    (key(), value(), only, any::<bool>(), lifetime())
        .prop_map(|(key, value, only, get, lifetime)| Set { key, value, only, get, lifetime })
        .prop_map(Command::Set)
}

fn expire() -> impl Strategy<Value = Command> {
    use Condition::{Always, IfEarlier, IfLater, IfNone, IfSome};
    let condition =
        prop_oneof![Just(Always), Just(IfNone), Just(IfSome), Just(IfLater), Just(IfEarlier)];
    (key(), time(), condition)
        .prop_map(|(key, time, condition)| Command::Expire(key, time, condition))
}

fn read() -> impl Strategy<Value = Read> {
    prop_oneof![
        2 => key().prop_map(Read::Get),
        1 => keys().prop_map(Read::MGet),
        1 => keys().prop_map(Read::Exists),
        1 => key().prop_map(Read::Type),
        1 => key().prop_map(Read::Strlen),
        3 => (key(), any::<bool>()).prop_map(|(key, in_seconds)| Read::Ttl(key, in_seconds)),
        1 => Just(Read::DbSize),
    ]
}

/// Any command.
pub fn command() -> impl Strategy<Value = Command> {
    let amount = prop_oneof![3 => -3..4i64, 1 => any::<i64>()];
    prop_oneof![
        6 => set(),
        5 => expire(),
        1 => proptest::collection::vec((key(), value()), 1..4).prop_map(Command::MSet),
        1 => keys().prop_map(Command::Del),
        2 => (key(), value()).prop_map(|(key, tail)| Command::Append(key, tail)),
        3 => (key(), amount).prop_map(|(key, amount)| Command::Add(key, amount)),
        2 => key().prop_map(Command::Persist),
        1 => Just(Command::FlushAll),
        9 => read().prop_map(Command::Read),
    ]
}
