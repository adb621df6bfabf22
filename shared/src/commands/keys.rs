//! Keys, whatever type of value they hold.

use crate::command::{Call, CommandError, CommandResult};
use crate::glob;
use crate::reply::Reply;
use crate::store::Value;

/// `DEL key [key ...]`
pub(crate) fn del(call: Call<'_>) -> CommandResult<'_> {
    let keys = call.args_from(1);
    Ok(Reply::count(keys.filter(|key| call.state.store.remove(key)).count()))
}

/// `EXISTS key [key ...]`: a key counts as often as it is named.
pub(crate) fn exists(call: Call<'_>) -> CommandResult<'_> {
    let keys = call.args_from(1);
    Ok(Reply::count(keys.filter(|key| call.state.store.get(key).is_some()).count()))
}

/// `TYPE key`
pub(crate) fn type_of(call: Call<'_>) -> CommandResult<'_> {
    let value = call.state.store.get(call.arg(1));
    Ok(Reply::Status(value.map_or("none", Value::type_name).into()))
}

/// `KEYS pattern`: looks at every key, and all other clients wait meanwhile, as in Redis.
pub(crate) fn keys(call: Call<'_>) -> CommandResult<'_> {
    let pattern = call.arg(1);
    let keys = call.state.store.keys(call.now).filter(|key| glob::matches(pattern, key));
    Ok(Reply::Array(keys.map(|key| Reply::value(Some(key))).collect()))
}

/// `DBSIZE`
pub(crate) fn dbsize(call: Call<'_>) -> CommandResult<'_> {
    Ok(Reply::count(call.state.store.len()))
}

/// `FLUSHALL [ASYNC | SYNC]` and FLUSHDB: both options remove the keys at once.
pub(crate) fn flush(call: Call<'_>) -> CommandResult<'_> {
    let mode = call.arg(1).to_ascii_uppercase();
    match (mode.as_slice(), call.request.len()) {
        (_, 1) | (b"ASYNC" | b"SYNC", 2) => {}
        _ => return Err(CommandError::Syntax),
    }
    call.state.store.clear();
    Ok(Reply::OK)
}
