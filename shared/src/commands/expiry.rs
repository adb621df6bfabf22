//! Expiry: giving keys a deadline, asking for it, taking it away.

use crate::clock::UnixMillis;
use crate::command::{Call, CommandError, Outcome, as_typed};
use crate::reply::Reply;

/// What a time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Millis,
}

/// The time that lies `amount` behind `counted_from`; `None` if 64 bits cannot hold it.
pub(crate) fn time(amount: i64, unit: Unit, counted_from: UnixMillis) -> Option<UnixMillis> {
    let millis = match unit {
        Unit::Seconds => amount.checked_mul(1000)?,
        Unit::Millis => amount,
    };
    millis.checked_add(counted_from)
}

/// `EXPIRE key seconds [NX | XX | GT | LT]`
pub(crate) fn expire(call: Call<'_>) -> Outcome<'_> {
    let now = call.now;
    set_deadline(call, "expire", Unit::Seconds, now)
}

/// `PEXPIRE key milliseconds [NX | XX | GT | LT]`
pub(crate) fn pexpire(call: Call<'_>) -> Outcome<'_> {
    let now = call.now;
    set_deadline(call, "pexpire", Unit::Millis, now)
}

/// `EXPIREAT key unix-time-seconds [NX | XX | GT | LT]`
pub(crate) fn expireat(call: Call<'_>) -> Outcome<'_> {
    set_deadline(call, "expireat", Unit::Seconds, 0)
}

/// `PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]`
pub(crate) fn pexpireat(call: Call<'_>) -> Outcome<'_> {
    set_deadline(call, "pexpireat", Unit::Millis, 0)
}

/// All four of them: they differ in their unit and in what they count from. A deadline that has come
/// already deletes the key at once.
fn set_deadline<'a>(
    call: Call<'a>,
    name: &'static str,
    unit: Unit,
    counted_from: UnixMillis,
) -> Outcome<'a> {
    let condition = condition(&call)?;
    let amount = call.integer(1)?;
    let time = time(amount, unit, counted_from).ok_or(CommandError::ExpireTime(name))?;
    let (store, key) = (&mut call.engine.store, call.request.word(1));
    match store.deadline(key) {
        Some(before) if condition.allows(before, time) => {
            if time <= call.now {
                store.remove(key);
            } else {
                store.set_deadline(key, Some(time));
            }
            Ok(Reply::Integer(1))
        }
        _ => Ok(Reply::Integer(0)),
    }
}

/// Under which condition a deadline is set.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "four words of the command, each there or not")]
struct Condition {
    /// NX: only if there is none.
    none_before: bool,
    /// XX: only if there is one.
    some_before: bool,
    /// GT: only if it is later than the one before. No deadline counts as infinitely late.
    later: bool,
    /// LT: only if it is earlier.
    earlier: bool,
}

impl Condition {
    fn allows(&self, before: Option<UnixMillis>, time: UnixMillis) -> bool {
        !(self.none_before && before.is_some()
            || self.some_before && before.is_none()
            || self.later && before.is_none_or(|before| time <= before)
            || self.earlier && before.is_some_and(|before| time >= before))
    }
}

fn condition(call: &Call<'_>) -> Result<Condition, CommandError> {
    let mut condition = Condition::default();
    for word in call.arguments_from(2) {
        match word.to_ascii_uppercase().as_slice() {
            b"NX" => condition.none_before = true,
            b"XX" => condition.some_before = true,
            b"GT" => condition.later = true,
            b"LT" => condition.earlier = true,
            _ => {
                return Err(CommandError::other(format_args!(
                    "Unsupported option {}",
                    as_typed(word)
                )));
            }
        }
    }
    let Condition { none_before, some_before, later, earlier } = condition;
    if none_before && (some_before || later || earlier) {
        let message = "NX and XX, GT or LT options at the same time are not compatible";
        return Err(CommandError::other(message));
    }
    if later && earlier {
        let message = "GT and LT options at the same time are not compatible";
        return Err(CommandError::other(message));
    }
    Ok(condition)
}

/// `TTL key`: in seconds, rounded to the nearest.
pub(crate) fn ttl(call: Call<'_>) -> Outcome<'_> {
    Ok(time_left(&call, |millis| (millis + 500) / 1000))
}

/// `PTTL key`
pub(crate) fn pttl(call: Call<'_>) -> Outcome<'_> {
    Ok(time_left(&call, |millis| millis))
}

/// -2 if there is no such key, -1 if it never expires. As in Redis.
fn time_left(call: &Call<'_>, in_unit: impl Fn(i64) -> i64) -> Reply<'static> {
    Reply::Integer(match call.engine.store.deadline(call.argument(0)) {
        None => -2,
        Some(None) => -1,
        Some(Some(time)) => in_unit(time.saturating_sub(call.now)),
    })
}

/// `PERSIST key`
pub(crate) fn persist(call: Call<'_>) -> Outcome<'_> {
    let (store, key) = (&mut call.engine.store, call.request.word(1));
    let had_deadline = store.deadline(key).flatten().is_some();
    store.set_deadline(key, None);
    Ok(Reply::Integer(i64::from(had_deadline)))
}
