//! CONFIG GET: the settings of the server.

use super::EVICTION_POLICY;
use crate::command::{Call, CommandError, CommandResult};
use crate::glob;
use crate::limits::MAX_BULK_LEN;
use crate::reply::Reply;

/// `CONFIG GET pattern [pattern ...]`
pub(crate) fn config(call: Call<'_>) -> CommandResult<'_> {
    if !call.arg(1).eq_ignore_ascii_case(b"GET") {
        return Err(CommandError::unknown_subcommand("CONFIG", call.arg(1)));
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
    let wanted = |name: &str| {
        let name = name.as_bytes();
        call.args_from(2).any(|pattern| glob::matches(&pattern.to_ascii_lowercase(), name))
    };
    let found = settings.into_iter().filter(|(name, _)| wanted(name));
    Ok(Reply::Map(found.map(|(name, value)| (Reply::bulk(name), Reply::bulk(value))).collect()))
}
