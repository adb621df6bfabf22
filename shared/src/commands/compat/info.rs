//! INFO: figures about the server.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{EVICTION_POLICY, REDIS_VERSION};
use crate::command::{Call, CommandResult};
use crate::reply::Reply;

/// `INFO [section ...]`
pub(crate) fn info(call: Call<'_>) -> CommandResult<'_> {
    let wanted = |name: &str| {
        let names = [name, "all", "default", "everything"].map(str::as_bytes);
        call.request.len() == 1
            || call.args_from(1).any(|arg| names.iter().any(|name| name.eq_ignore_ascii_case(arg)))
    };
    let sections = sections(&call).into_iter().filter(|(name, _)| wanted(name));
    let texts = sections.map(|(name, lines)| {
        let lines = lines.into_iter().map(|(field, value)| format!("{field}:{value}\r\n"));
        format!("# {name}\r\n{}", lines.collect::<String>())
    });
    Ok(Reply::Text(texts.collect::<Vec<_>>().join("\r\n").into()))
}

type Section = (&'static str, Vec<(&'static str, String)>);

fn section(name: &'static str, fields: &[(&'static str, &dyn Display)]) -> Section {
    (name, fields.iter().map(|(field, value)| (*field, value.to_string())).collect())
}

fn sections(call: &Call<'_>) -> [Section; 6] {
    let (state, limits) = (&call.state, &call.state.limits);
    let total = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let uptime = (call.now - state.started).max(0) / 1000;
    let (keys, expires) = (state.store.len(), state.store.expiring());
    let keyspace = format!("keys={keys},expires={expires},avg_ttl=0");
    let server: [(_, &dyn Display); 7] = [
        ("redis_version", &REDIS_VERSION),
        ("redis_mode", &"standalone"),
        ("lab", &state.name),
        ("process_id", &std::process::id()),
        ("tcp_port", &state.addr.port()),
        ("uptime_in_seconds", &uptime),
        ("uptime_in_days", &(uptime / 86_400)),
    ];
    let clients: [(_, &dyn Display); 2] =
        [("connected_clients", &state.clients.len()), ("maxclients", &limits.max_clients)];
    let memory: [(_, &dyn Display); 3] = [
        ("used_memory", &state.store.memory()),
        ("maxmemory", &limits.max_memory),
        ("maxmemory_policy", &EVICTION_POLICY),
    ];
    let counters: [(_, &dyn Display); 4] = [
        ("total_connections_received", &total(&state.stats.connections)),
        ("total_commands_processed", &total(&state.stats.commands)),
        ("rejected_connections", &total(&state.stats.rejected)),
        ("expired_keys", &total(&state.stats.expired)),
    ];
    let keyspace: [(_, &dyn Display); 1] = [("db0", &keyspace)];
    [
        section("Server", &server),
        section("Clients", &clients),
        section("Memory", &memory),
        section("Persistence", &[("loading", &0)]),
        section("Stats", &counters),
        section("Keyspace", if keys == 0 { &[] } else { &keyspace }),
    ]
}
