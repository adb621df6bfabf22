//! Labs 1 and 2: one client at a time. No `accept` returns while a client is connected, and no other client is read.
//!
//! A client is connected from the `accept` that returned it until the server has seen the end of its stream, or an error, or
//! has closed the connection itself. So it does not matter how late the server hears that a client has left.
//!
//! Broken by a thread or a process for each client, by an event loop, and by a thread that accepts ahead.
//! It cannot see a client that is accepted by `io_uring`. It needs two clients of which one comes while the other is connected.

use super::Finding;
use super::acts::{Act, Outcome, Role};
use super::calls::Calls;

pub(super) fn judge(calls: &Calls<'_>) -> Finding {
    // The client that is served: its port, and the call that told of it.
    let mut served: Option<(u16, usize)> = None;
    for act in &calls.acts {
        let Some(port) = act.port else { continue };
        let is_news = act.outcome == Outcome::Done && matches!(act.role, Role::Accept | Role::Read);
        match served {
            Some((other, since)) if is_news && other != port => {
                return Finding::Broken(sentence(calls, act, other), vec![since, act.place]);
            }
            Some((other, _)) if other == port && is_end(act) => served = None,
            None if is_news => served = Some((port, act.place)),
            _ => {}
        }
    }
    if clients_met(calls) {
        Finding::Holds
    } else {
        Finding::Unknown("No client came while another one was connected.".to_owned())
    }
}

/// Whether it tells the server that the client has left, or ends the connection.
fn is_end(act: &Act) -> bool {
    match act.role {
        Role::Close => true,
        Role::Read => matches!(act.outcome, Outcome::Nothing | Outcome::Failed),
        Role::Write => act.outcome == Outcome::Failed,
        _ => false,
    }
}

/// Whether a client has come while another one was connected.
fn clients_met(calls: &Calls<'_>) -> bool {
    let times: Vec<_> = calls.connections().into_values().collect();
    let pairs = times.iter().enumerate();
    pairs
        .flat_map(|(index, one)| times.iter().skip(index + 1).map(move |other| (one, other)))
        .any(|((from, to), (other_from, other_to))| other_from < to && from < other_to)
}

fn sentence(calls: &Calls<'_>, act: &Act, other: u16) -> String {
    let client = act.port.map_or("?", |port| calls.name(port));
    let (name, other) = (&act.name, calls.name(other));
    let verb = if act.role == Role::Accept { "accepted" } else { "read from" };
    format!("The server {verb} client {client} ({name}) while client {other} was connected.")
}
