//! CONFIG GET: the settings of the server.

use super::{EVICTION_POLICY, help};
use crate::command::{Call, CommandResult};
use crate::glob;
use crate::limits::MAX_BULK_LEN;
use crate::reply::Reply;

/// `CONFIG HELP | GET pattern [pattern ...]`
pub(crate) fn config(call: Call<'_>) -> CommandResult<'_> {
    if !call.arg(1).eq_ignore_ascii_case(b"GET") || call.request.len() == 2 {
        return help(&call);
    }
    let limits = call.state.limits;
    let settings = [
        ("appendonly", "no".to_owned()),
        ("databases", "1".to_owned()),
        ("maxclients", limits.max_clients.to_string()),
        ("maxmemory", limits.max_memory.to_string()),
        ("maxmemory-policy", EVICTION_POLICY.to_owned()),
        ("port", call.state.addr.port().to_string()),
        ("proto-max-bulk-len", MAX_BULK_LEN.to_string()),
        ("save", String::new()),
        ("timeout", limits.idle_timeout.to_string()),
    ];
    let found = settings.into_iter().filter_map(|(name, value)| {
        let field = call.args_from(2).find_map(|pattern| named(name, pattern))?;
        Some((field, Reply::bulk(value)))
    });
    Ok(Reply::Map(found.collect()))
}

/// The name of a setting if `pattern` matches it. A name without wildcards comes back as the client typed it.
fn named<'a>(name: &'static str, pattern: &'a [u8]) -> Option<Reply<'a>> {
    if pattern.iter().any(|byte| b"*?[".contains(byte)) {
        let matches = glob::matches(&pattern.to_ascii_lowercase(), name.as_bytes());
        return matches.then(|| Reply::bulk(name));
    }
    pattern.eq_ignore_ascii_case(name.as_bytes()).then_some(Reply::value(Some(pattern)))
}
