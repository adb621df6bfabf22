//! The server itself: INFO and CONFIG.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::command::{Call, CommandError, Outcome};
use crate::glob;
use crate::limits::WORD;
use crate::reply::Reply;

/// The version of Redis whose commands these are. Clients ask for it before they rely on a command.
pub const LIKE_REDIS: &str = "7.0.15";

/// What is done when memory is full: writes are refused, no key is taken away for them.
const EVICTION: &str = "noeviction";

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

fn section(name: &'static str, fields: &[(&'static str, &dyn Display)]) -> Section {
    (name, fields.iter().map(|(field, value)| (*field, value.to_string())).collect())
}

fn sections(call: &Call<'_>) -> [Section; 6] {
    let (engine, limits) = (&call.engine, &call.engine.limits);
    let so_far = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let stats = &engine.stats;
    let uptime = (call.now - engine.started).max(0) / 1000;
    let (keys, expires) = (engine.store.len(), engine.store.expiring());
    let keyspace = format!("keys={keys},expires={expires},avg_ttl=0");
    let server: [(_, &dyn Display); 7] = [
        ("redis_version", &LIKE_REDIS),
        ("redis_mode", &"standalone"),
        ("lab", &engine.name),
        ("process_id", &std::process::id()),
        ("tcp_port", &engine.addr.port()),
        ("uptime_in_seconds", &uptime),
        ("uptime_in_days", &(uptime / 86_400)),
    ];
    let clients: [(_, &dyn Display); 2] =
        [("connected_clients", &engine.sessions.len()), ("maxclients", &limits.max_clients)];
    let memory: [(_, &dyn Display); 3] = [
        ("used_memory", &engine.store.memory()),
        ("maxmemory", &limits.max_memory),
        ("maxmemory_policy", &EVICTION),
    ];
    let stats: [(_, &dyn Display); 4] = [
        ("total_connections_received", &so_far(&stats.connections)),
        ("total_commands_processed", &so_far(&stats.commands)),
        ("rejected_connections", &so_far(&stats.rejected)),
        ("expired_keys", &so_far(&stats.expired)),
    ];
    let keyspace: [(_, &dyn Display); 1] = [("db0", &keyspace)];
    [
        section("Server", &server),
        section("Clients", &clients),
        section("Memory", &memory),
        section("Persistence", &[("loading", &0)]),
        section("Stats", &stats),
        section("Keyspace", if keys == 0 { &[] } else { &keyspace }),
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
        ("maxmemory", limits.max_memory.to_string()),
        ("maxmemory-policy", EVICTION.to_owned()),
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
