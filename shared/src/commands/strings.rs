//! Strings: SET, GET and their kin.

use std::borrow::Cow;

use crate::clock::UnixMillis;
use crate::command::{Call, CommandError, Outcome};
use crate::commands::expiry::{self, Unit};
use crate::limits;
use crate::reply::Reply;
use crate::store::Expiry;

/// What SET may be told.
pub const SET_ARGUMENTS: &str = "key value [NX | XX] [GET] [EX seconds | PX milliseconds | \
    EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]";

/// `GET key`
pub(crate) fn get(call: Call<'_>) -> Outcome<'_> {
    Ok(Reply::value(call.engine.store.string(call.argument(0))))
}

/// `MGET key [key ...]`
pub(crate) fn mget(call: Call<'_>) -> Outcome<'_> {
    let keys = call.arguments_from(0);
    let store = &call.engine.store;
    Ok(Reply::Array(keys.map(|key| Reply::value(store.string(key))).collect()))
}

/// The words behind the value in a SET.
#[derive(Default)]
struct SetOptions {
    only_if_missing: bool,
    only_if_there: bool,
    get: bool,
    expiry: Option<Expiry>,
}

/// `SET key value [NX | XX] [GET] [EX seconds | ... | KEEPTTL]`
pub(crate) fn set(call: Call<'_>) -> Outcome<'_> {
    let (key, value) = (call.argument(0), call.argument(1));
    if call.request.len() == 3 {
        call.engine.store.set(key, value, Expiry::Never);
        return Ok(Reply::OK);
    }
    let options = set_options(&call)?;
    let store = &mut call.engine.store;
    let old = store.string(key);
    let is_wanted = match old {
        Some(_) => !options.only_if_missing,
        None => !options.only_if_there,
    };
    let reply = match old.filter(|_| options.get) {
        Some(old) => Reply::Bulk(Cow::Owned(old.to_vec())),
        None if options.get || !is_wanted => Reply::Nil,
        None => Reply::OK,
    };
    if is_wanted {
        store.set(key, value, options.expiry.unwrap_or(Expiry::Never));
    }
    Ok(reply)
}

fn set_options(call: &Call<'_>) -> Result<SetOptions, CommandError> {
    let mut options = SetOptions::default();
    let mut words = call.arguments_from(2);
    while let Some(word) = words.next() {
        let word = word.to_ascii_uppercase();
        match word.as_slice() {
            b"NX" if !options.only_if_there => options.only_if_missing = true,
            b"XX" if !options.only_if_missing => options.only_if_there = true,
            b"GET" => options.get = true,
            _ if options.expiry.is_some() => return Err(CommandError::Syntax),
            b"KEEPTTL" => options.expiry = Some(Expiry::Keep),
            b"EX" => options.expiry = Some(deadline(words.next(), Unit::Seconds, call.now)?),
            b"PX" => options.expiry = Some(deadline(words.next(), Unit::Millis, call.now)?),
            b"EXAT" => options.expiry = Some(deadline(words.next(), Unit::Seconds, 0)?),
            b"PXAT" => options.expiry = Some(deadline(words.next(), Unit::Millis, 0)?),
            _ => return Err(CommandError::Syntax),
        }
    }
    Ok(options)
}

fn deadline(
    word: Option<&[u8]>,
    unit: Unit,
    counted_from: UnixMillis,
) -> Result<Expiry, CommandError> {
    let amount = crate::number::parse(word.ok_or(CommandError::Syntax)?)
        .ok_or(CommandError::NotAnInteger)?;
    let time = expiry::time(amount, unit, counted_from).filter(|_| amount > 0);
    Ok(Expiry::At(time.ok_or(CommandError::ExpireTime("set"))?))
}

/// `MSET key value [key value ...]`
pub(crate) fn mset(call: Call<'_>) -> Outcome<'_> {
    if call.request.len().is_multiple_of(2) {
        return Err(CommandError::wrong_arity(call.request.name()));
    }
    let mut words = call.arguments_from(0);
    while let (Some(key), Some(value)) = (words.next(), words.next()) {
        call.engine.store.set(key, value, Expiry::Never);
    }
    Ok(Reply::OK)
}

/// `APPEND key value`
pub(crate) fn append(call: Call<'_>) -> Outcome<'_> {
    let (key, tail) = (call.argument(0), call.argument(1));
    let length = call.engine.store.string(key).map_or(0, <[u8]>::len);
    if length + tail.len() > limits::WORD {
        return Err(CommandError::TooLong);
    }
    call.engine.store.append(key, tail);
    Ok(Reply::count(length + tail.len()))
}

/// `STRLEN key`
pub(crate) fn strlen(call: Call<'_>) -> Outcome<'_> {
    Ok(Reply::count(call.engine.store.string(call.argument(0)).map_or(0, <[u8]>::len)))
}
