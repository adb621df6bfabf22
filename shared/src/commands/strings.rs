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
    let mut args = call.args_from(3);
    while let Some(arg) = args.next() {
        match arg.to_ascii_uppercase().as_slice() {
            b"NX" if !options.only_if_present => options.only_if_missing = true,
            b"XX" if !options.only_if_missing => options.only_if_present = true,
            b"GET" => options.get = true,
            _ if options.expiry.is_some() => return Err(CommandError::Syntax),
            b"KEEPTTL" => options.expiry = Some(Expiry::Keep),
            b"EX" => options.expiry = Some(deadline(args.next(), Unit::Seconds, call.now)?),
            b"PX" => options.expiry = Some(deadline(args.next(), Unit::Millis, call.now)?),
            b"EXAT" => options.expiry = Some(deadline(args.next(), Unit::Seconds, 0)?),
            b"PXAT" => options.expiry = Some(deadline(args.next(), Unit::Millis, 0)?),
            _ => return Err(CommandError::Syntax),
        }
    }
    Ok(options)
}

fn deadline(
    arg: Option<&[u8]>,
    unit: Unit,
    counted_from: UnixMillis,
) -> Result<Expiry, CommandError> {
    let amount =
        number::parse(arg.ok_or(CommandError::Syntax)?).ok_or(CommandError::NotAnInteger)?;
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
