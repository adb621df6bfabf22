//! Counters: strings that hold a whole number.

use crate::command::{Call, CommandError, Outcome};
use crate::reply::Reply;
use crate::store::Expiry;

/// `INCR key`
pub(crate) fn incr(call: Call<'_>) -> Outcome<'_> {
    add(call, 1)
}

/// `DECR key`
pub(crate) fn decr(call: Call<'_>) -> Outcome<'_> {
    add(call, -1)
}

/// `INCRBY key increment`
pub(crate) fn incrby(call: Call<'_>) -> Outcome<'_> {
    let amount = call.integer(1)?;
    add(call, amount)
}

/// `DECRBY key decrement`
pub(crate) fn decrby(call: Call<'_>) -> Outcome<'_> {
    let amount = call.integer(1)?.checked_neg().ok_or(CommandError::DecrementOverflow)?;
    add(call, amount)
}

/// Adds to the number that the key holds, or to 0. The key keeps its deadline.
fn add(call: Call<'_>, amount: i64) -> Outcome<'_> {
    let (store, key) = (&mut call.engine.store, call.request.word(1));
    let number = match store.string(key) {
        Some(text) => crate::number::parse(text).ok_or(CommandError::NotAnInteger)?,
        None => 0,
    };
    let sum = number.checked_add(amount).ok_or(CommandError::Overflow)?;
    store.set(key, itoa::Buffer::new().format(sum).as_bytes(), Expiry::Keep);
    Ok(Reply::Integer(sum))
}
