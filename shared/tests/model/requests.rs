//! Requests that the model understands, and how a client would write them.

use proptest::prelude::*;

/// A request.
#[derive(Debug, Clone)]
pub enum Ask {
    Set(Set),
    MSet(Vec<(String, String)>),
    Del(Vec<String>),
    Append(String, String),
    /// INCR, DECR, INCRBY, DECRBY, whichever fits.
    Add(String, i64),
    /// The key expires at this time: EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, whichever fits.
    Expire(String, i64, Condition),
    Persist(String),
    FlushAll,
    Look(Look),
}

/// A request that changes nothing.
#[derive(Debug, Clone)]
pub enum Look {
    Get(String),
    MGet(Vec<String>),
    Exists(Vec<String>),
    Type(String),
    Strlen(String),
    /// TTL, if it is to be told in seconds, or PTTL.
    Left(String, bool),
    DbSize,
}

/// SET and what it may be told.
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

/// When a story begins, in milliseconds since 1970. It lasts some seconds.
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

/// Most often halves of a second, so that deadlines meet, and sometimes times between them.
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

/// SET with all that it may be told.
fn set() -> impl Strategy<Value = Ask> {
    use Only::{Always, IfMissing, IfThere};
    let only = prop_oneof![Just(Always), Just(IfMissing), Just(IfThere)];
    (key(), value(), only, any::<bool>(), lifetime())
        .prop_map(|(key, value, only, get, lifetime)| Set { key, value, only, get, lifetime })
        .prop_map(Ask::Set)
}

fn expire() -> impl Strategy<Value = Ask> {
    use Condition::{Always, IfEarlier, IfLater, IfNone, IfSome};
    let condition =
        prop_oneof![Just(Always), Just(IfNone), Just(IfSome), Just(IfLater), Just(IfEarlier)];
    (key(), time(), condition).prop_map(|(key, time, condition)| Ask::Expire(key, time, condition))
}

fn look() -> impl Strategy<Value = Look> {
    prop_oneof![
        2 => key().prop_map(Look::Get),
        1 => keys().prop_map(Look::MGet),
        1 => keys().prop_map(Look::Exists),
        1 => key().prop_map(Look::Type),
        1 => key().prop_map(Look::Strlen),
        3 => (key(), any::<bool>()).prop_map(|(key, in_seconds)| Look::Left(key, in_seconds)),
        1 => Just(Look::DbSize),
    ]
}

/// Any request.
pub fn ask() -> impl Strategy<Value = Ask> {
    let amount = prop_oneof![3 => -3..4i64, 1 => any::<i64>()];
    prop_oneof![
        6 => set(),
        5 => expire(),
        1 => proptest::collection::vec((key(), value()), 1..4).prop_map(Ask::MSet),
        1 => keys().prop_map(Ask::Del),
        2 => (key(), value()).prop_map(|(key, tail)| Ask::Append(key, tail)),
        3 => (key(), amount).prop_map(|(key, amount)| Ask::Add(key, amount)),
        2 => key().prop_map(Ask::Persist),
        1 => Just(Ask::FlushAll),
        9 => look().prop_map(Ask::Look),
    ]
}
