//! Expiry: commands that set, read and remove the deadline of a key.

use crate::clock::UnixMillis;
use crate::command::{Call, CommandError, CommandResult};
use crate::reply::Reply;

/// The unit of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Millis,
}

/// The time that is `amount` after `counted_from`; `None` if it does not fit in 64 bits.
pub(crate) fn time(amount: i64, unit: Unit, counted_from: UnixMillis) -> Option<UnixMillis> {
    let millis = match unit {
        Unit::Seconds => amount.checked_mul(1000)?,
        Unit::Millis => amount,
    };
    millis.checked_add(counted_from)
}

/// `EXPIRE key seconds [NX | XX | GT | LT]`
pub(crate) fn expire(call: Call<'_>) -> CommandResult<'_> {
    let now = call.now;
    set_deadline(call, "expire", Unit::Seconds, now)
}

/// `PEXPIRE key milliseconds [NX | XX | GT | LT]`
pub(crate) fn pexpire(call: Call<'_>) -> CommandResult<'_> {
    let now = call.now;
    set_deadline(call, "pexpire", Unit::Millis, now)
}

/// `EXPIREAT key unix-time-seconds [NX | XX | GT | LT]`
pub(crate) fn expireat(call: Call<'_>) -> CommandResult<'_> {
    set_deadline(call, "expireat", Unit::Seconds, 0)
}

/// `PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]`
pub(crate) fn pexpireat(call: Call<'_>) -> CommandResult<'_> {
    set_deadline(call, "pexpireat", Unit::Millis, 0)
}

/// The four commands differ in their unit and in the time from which they count. A deadline in the past
/// deletes the key at once.
fn set_deadline<'a>(
    call: Call<'a>,
    name: &'static str,
    unit: Unit,
    counted_from: UnixMillis,
) -> CommandResult<'a> {
    let condition = condition(&call)?;
    let amount = call.integer(2)?;
    let time = time(amount, unit, counted_from).ok_or(CommandError::ExpireTime(name))?;
    let (key, store) = (call.arg(1), &mut call.state.store);
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

/// The condition for a new deadline.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "the command has four options")]
struct Condition {
    /// NX: only if the key has no deadline.
    none_before: bool,
    /// XX: only if the key has a deadline.
    some_before: bool,
    /// GT: only if the new deadline is later. No deadline counts as infinitely late.
    later: bool,
    /// LT: only if the new deadline is earlier.
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
    for arg in call.args_from(3) {
        match arg.to_ascii_uppercase().as_slice() {
            b"NX" => condition.none_before = true,
            b"XX" => condition.some_before = true,
            b"GT" => condition.later = true,
            b"LT" => condition.earlier = true,
            _ => {
                let option = String::from_utf8_lossy(arg);
                return Err(CommandError::other(format!("Unsupported option {option}")));
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

/// `TTL key`: in seconds, rounded to the nearest second.
pub(crate) fn ttl(call: Call<'_>) -> CommandResult<'_> {
    Ok(time_left(&call, |millis| (millis + 500) / 1000))
}

/// `PTTL key`
pub(crate) fn pttl(call: Call<'_>) -> CommandResult<'_> {
    Ok(time_left(&call, |millis| millis))
}

/// -2 means that there is no such key, -1 that it never expires. As in Redis.
fn time_left(call: &Call<'_>, in_unit: impl Fn(i64) -> i64) -> Reply<'static> {
    Reply::Integer(match call.state.store.deadline(call.arg(1)) {
        None => -2,
        Some(None) => -1,
        Some(Some(time)) => in_unit(time.saturating_sub(call.now)),
    })
}

/// `PERSIST key`
pub(crate) fn persist(call: Call<'_>) -> CommandResult<'_> {
    let (key, store) = (call.arg(1), &mut call.state.store);
    let had_deadline = store.deadline(key).flatten().is_some();
    store.set_deadline(key, None);
    Ok(Reply::Integer(i64::from(had_deadline)))
}
