//! Counters: strings that hold whole numbers.

use crate::command::{Call, CommandError, CommandResult};
use crate::number;
use crate::reply::Reply;
use crate::store::Expiry;

/// `INCR key`
pub(crate) fn incr(call: Call<'_>) -> CommandResult<'_> {
    add(call, 1)
}

/// `DECR key`
pub(crate) fn decr(call: Call<'_>) -> CommandResult<'_> {
    add(call, -1)
}

/// `INCRBY key increment`
pub(crate) fn incrby(call: Call<'_>) -> CommandResult<'_> {
    let amount = call.integer(2)?;
    add(call, amount)
}

/// `DECRBY key decrement`
pub(crate) fn decrby(call: Call<'_>) -> CommandResult<'_> {
    let amount = call.integer(2)?.checked_neg().ok_or(CommandError::DecrementOverflow)?;
    add(call, amount)
}

/// Adds to the number at the key, or to 0 if there is no such key. The key keeps its deadline.
fn add(call: Call<'_>, amount: i64) -> CommandResult<'_> {
    let (key, store) = (call.arg(1), &mut call.state.store);
    let number = match store.string(key) {
        Some(text) => number::parse(text).ok_or(CommandError::NotAnInteger)?,
        None => 0,
    };
    let sum = number.checked_add(amount).ok_or(CommandError::Overflow)?;
    store.set(key, itoa::Buffer::new().format(sum).as_bytes(), Expiry::Keep);
    Ok(Reply::Integer(sum))
}
