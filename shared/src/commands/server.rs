//! The server itself: INFO and CONFIG.

use std::sync::atomic::Ordering;

use crate::command::{Call, CommandError, Outcome};
use crate::glob;
use crate::limits::WORD;
use crate::reply::Reply;

/// The version of Redis whose commands these are. Clients ask for it before they rely on a command.
pub const LIKE_REDIS: &str = "7.0.15";

/// `INFO [section ...]`
pub(crate) fn info(call: Call<'_>) -> Outcome<'_> {
    let wanted = |name: &str| {
        let names = [name, "all", "default", "everything"].map(str::as_bytes);
        call.request.len() == 1
            || call.arguments_from(0).any(|word| names.iter().any(|n| n.eq_ignore_ascii_case(word)))
    };
    let sections = sections(&call).into_iter().filter(|(name, _)| wanted(name));
    let texts = sections.map(|(name, lines)| {
        let lines = lines.into_iter().map(|(field, value)| format!("{field}:{value}\r\n"));
        format!("# {name}\r\n{}", lines.collect::<String>())
    });
    Ok(Reply::Text(texts.collect::<Vec<_>>().join("\r\n").into()))
}

type Section = (&'static str, Vec<(&'static str, String)>);

fn sections(call: &Call<'_>) -> [Section; 5] {
    let (engine, stats) = (&call.engine, &call.engine.stats);
    let uptime = (call.now - engine.started).max(0) / 1000;
    let (keys, expires) = (engine.store.len(), engine.store.expiring());
    let keyspace = ("db0", format!("keys={keys},expires={expires},avg_ttl=0"));
    [
        (
            "Server",
            vec![
                ("redis_version", LIKE_REDIS.to_owned()),
                ("redis_mode", "standalone".to_owned()),
                ("lab", engine.name.to_owned()),
                ("process_id", std::process::id().to_string()),
                ("tcp_port", engine.addr.port().to_string()),
                ("uptime_in_seconds", uptime.to_string()),
                ("uptime_in_days", (uptime / 86_400).to_string()),
            ],
        ),
        (
            "Clients",
            vec![
                ("connected_clients", engine.sessions.len().to_string()),
                ("maxclients", engine.limits.max_clients.to_string()),
            ],
        ),
        ("Persistence", vec![("loading", "0".to_owned())]),
        (
            "Stats",
            vec![
                (
                    "total_connections_received",
                    stats.connections.load(Ordering::Relaxed).to_string(),
                ),
                ("total_commands_processed", stats.commands.load(Ordering::Relaxed).to_string()),
                ("rejected_connections", stats.rejected.load(Ordering::Relaxed).to_string()),
                ("expired_keys", stats.expired.load(Ordering::Relaxed).to_string()),
            ],
        ),
        ("Keyspace", if keys == 0 { Vec::new() } else { vec![keyspace] }),
    ]
}

/// `CONFIG GET pattern [pattern ...]`
pub(crate) fn config(call: Call<'_>) -> Outcome<'_> {
    if !call.argument(0).eq_ignore_ascii_case(b"GET") {
        return Err(CommandError::unknown_subcommand("CONFIG", call.argument(0)));
    }
    let limits = call.engine.limits;
    let settings = [
        ("appendonly", "no".to_owned()),
        ("databases", "1".to_owned()),
        ("maxclients", limits.max_clients.to_string()),
        ("maxmemory", "0".to_owned()),
        ("port", call.engine.addr.port().to_string()),
        ("proto-max-bulk-len", WORD.to_string()),
        ("save", String::new()),
        ("timeout", limits.idle_timeout.to_string()),
    ];
    let wanted = |name: &str| {
        let name = name.as_bytes();
        call.arguments_from(1).any(|pattern| glob::matches(&pattern.to_ascii_lowercase(), name))
    };
    let found = settings.into_iter().filter(|(name, _)| wanted(name));
    Ok(Reply::Map(found.map(|(name, value)| (Reply::bulk(name), Reply::bulk(value))).collect()))
}
