//! Lab 3: the thread sleeps nowhere but in the call that waits for all clients (epoll, poll, select).
//!
//! Broken by an `accept`, a read or a write that sleeps: its socket is blocking, and it has taken longer than a busy machine
//! makes a call take; or it has ended with `EAGAIN`, because the socket limits the sleep. Broken by `nanosleep`, by a
//! `select` without sockets, and by a `poll` for one client alone, in a thread that serves clients.
//!
//! A call on a blocking socket that has not slept is not blamed: a server that reads once for each event may never sleep.
//! It cannot see sleeps in files and pipes, in locks (`futex`), or a thread that computes for long.

use super::Finding;
use super::acts::{Act, Role};
use super::calls::Calls;

pub(super) fn judge(calls: &Calls<'_>) -> Finding {
    let slept = calls.acts.iter().find(|act| calls.slept(act));
    match slept {
        Some(act) => broken(calls, act),
        None if calls.is_busy() => Finding::too_busy(calls.pulse),
        None => Finding::Holds,
    }
}

pub(super) fn broken(calls: &Calls<'_>, act: &Act) -> Finding {
    let sentence = format!("The server {}, and could serve no other client.", slept(calls, act));
    Finding::Broken(sentence, vec![act.place])
}

/// Where it slept, and what for.
pub(super) fn slept(calls: &Calls<'_>, act: &Act) -> String {
    let client = act.port.map_or("?", |port| calls.name(port));
    let why = match act.role {
        Role::Accept => "until a client connected".to_owned(),
        Role::Read => format!("until client {client} said something"),
        Role::Write => format!("until client {client} read its replies"),
        _ if act.port.is_some() => format!("for client {client} alone"),
        _ => "for some time, whatever its clients did".to_owned(),
    };
    format!("slept in {} {why}", act.name)
}
