//! Strings: SET, GET and similar commands.

use std::borrow::Cow;

use crate::clock::UnixMillis;
use crate::command::{Call, CommandError, CommandResult};
use crate::commands::expiry::{self, Unit};
use crate::limits::MAX_BULK_LEN;
use crate::number;
use crate::reply::Reply;
use crate::store::Expiry;

/// The arguments of SET.
pub const SET_USAGE: &str = "key value [NX | XX] [GET] [EX seconds | PX milliseconds | \
    EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]";

/// `GET key`
pub(crate) fn get(call: Call<'_>) -> CommandResult<'_> {
    Ok(Reply::value(call.state.store.string(call.arg(1))))
}

/// `MGET key [key ...]`
pub(crate) fn mget(call: Call<'_>) -> CommandResult<'_> {
    let keys = call.args_from(1);
    let store = &call.state.store;
    Ok(Reply::Array(keys.map(|key| Reply::value(store.string(key))).collect()))
}

/// The options of SET.
#[derive(Default)]
struct SetOptions {
    only_if_missing: bool,
    only_if_present: bool,
    get: bool,
    expiry: Option<Expiry>,
}

/// `SET key value [NX | XX] [GET] [EX seconds | ... | KEEPTTL]`
pub(crate) fn set(call: Call<'_>) -> CommandResult<'_> {
    let (key, value) = (call.arg(1), call.arg(2));
    if call.request.len() == 3 {
        call.state.store.set(key, value, Expiry::Never);
        return Ok(Reply::OK);
    }
    let options = set_options(&call)?;
    let store = &mut call.state.store;
    let old = store.string(key);
    let is_wanted = match old {
        Some(_) => !options.only_if_missing,
        None => !options.only_if_present,
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
    // The option that says when the key expires, and its number. It may come twice, and the last number
    // counts. The number is converted when all options are known: `EX abc BLAH` is a syntax error.
    let mut lifetime: Option<(Vec<u8>, &[u8])> = None;
    let mut args = call.args_from(3);
    while let Some(arg) = args.next() {
        let name = arg.to_ascii_uppercase();
        match name.as_slice() {
            b"NX" if !options.only_if_present => options.only_if_missing = true,
            b"XX" if !options.only_if_missing => options.only_if_present = true,
            b"GET" => options.get = true,
            _ if lifetime.as_ref().is_some_and(|(before, _)| *before != name) => {
                return Err(CommandError::Syntax);
            }
            b"KEEPTTL" => lifetime = Some((name, b"")),
            b"EX" | b"PX" | b"EXAT" | b"PXAT" => {
                lifetime = Some((name, args.next().ok_or(CommandError::Syntax)?));
            }
            _ => return Err(CommandError::Syntax),
        }
    }
    let deadline = lifetime.map(|(name, amount)| deadline(&name, amount, call.now));
    options.expiry = deadline.transpose()?;
    Ok(options)
}

fn deadline(option: &[u8], amount: &[u8], now: UnixMillis) -> Result<Expiry, CommandError> {
    let (unit, counted_from) = match option {
        b"EX" => (Unit::Seconds, now),
        b"PX" => (Unit::Millis, now),
        b"EXAT" => (Unit::Seconds, 0),
        b"PXAT" => (Unit::Millis, 0),
        _ => return Ok(Expiry::Keep),
    };
    let amount = number::parse(amount).ok_or(CommandError::NotAnInteger)?;
    let time = expiry::time(amount, unit, counted_from).filter(|_| amount > 0);
    Ok(Expiry::At(time.ok_or(CommandError::ExpireTime("set"))?))
}

/// `MSET key value [key value ...]`
pub(crate) fn mset(call: Call<'_>) -> CommandResult<'_> {
    if call.request.len().is_multiple_of(2) {
        return Err(CommandError::wrong_arity(call.request.name()));
    }
    let mut args = call.args_from(1);
    while let (Some(key), Some(value)) = (args.next(), args.next()) {
        call.state.store.set(key, value, Expiry::Never);
    }
    Ok(Reply::OK)
}

/// `APPEND key value`
pub(crate) fn append(call: Call<'_>) -> CommandResult<'_> {
    let (key, tail) = (call.arg(1), call.arg(2));
    let length = call.state.store.string(key).map_or(0, <[u8]>::len);
    if length + tail.len() > MAX_BULK_LEN {
        return Err(CommandError::TooLong);
    }
    call.state.store.append(key, tail);
    Ok(Reply::count(length + tail.len()))
}

/// `STRLEN key`
pub(crate) fn strlen(call: Call<'_>) -> CommandResult<'_> {
    Ok(Reply::count(call.state.store.string(call.arg(1)).map_or(0, <[u8]>::len)))
}
