//! Keys, whatever they hold.

use crate::command::{Call, CommandError, Outcome};
use crate::glob;
use crate::reply::Reply;
use crate::store::Value;

/// `DEL key [key ...]`
pub(crate) fn del(call: Call<'_>) -> Outcome<'_> {
    let keys = call.arguments_from(0);
    Ok(Reply::count(keys.filter(|key| call.engine.store.remove(key)).count()))
}

/// `EXISTS key [key ...]`: a key that is named twice counts twice.
pub(crate) fn exists(call: Call<'_>) -> Outcome<'_> {
    let keys = call.arguments_from(0);
    Ok(Reply::count(keys.filter(|key| call.engine.store.get(key).is_some()).count()))
}

/// `TYPE key`
pub(crate) fn type_of(call: Call<'_>) -> Outcome<'_> {
    let value = call.engine.store.get(call.argument(0));
    Ok(Reply::Status(value.map_or("none", Value::type_name).into()))
}

/// `KEYS pattern`: looks at every key while all other clients wait, as in Redis.
pub(crate) fn keys(call: Call<'_>) -> Outcome<'_> {
    let pattern = call.argument(0);
    let keys = call.engine.store.keys().filter(|key| glob::matches(pattern, key));
    Ok(Reply::Array(keys.map(|key| Reply::value(Some(key))).collect()))
}

/// `DBSIZE`
pub(crate) fn dbsize(call: Call<'_>) -> Outcome<'_> {
    Ok(Reply::count(call.engine.store.len()))
}

/// `FLUSHALL [ASYNC | SYNC]` and FLUSHDB: the keys are gone at once, either way.
pub(crate) fn flush(call: Call<'_>) -> Outcome<'_> {
    let mode = call.argument(0).to_ascii_uppercase();
    if call.request.len() > 2 || !matches!(mode.as_slice(), b"" | b"ASYNC" | b"SYNC") {
        return Err(CommandError::Syntax);
    }
    call.engine.store.clear();
    Ok(Reply::OK)
}
