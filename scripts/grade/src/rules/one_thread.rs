//! Lab 3: one thread serves all clients: it accepts, reads and writes.
//!
//! Broken if several threads, or processes, do so, and one of them uses a blocking socket: a thread for each client, or one that
//! accepts for another. Unknown if all sockets are non-blocking: then a runtime (of Go, of tokio) may move the one
//! loop of the program from thread to thread, which its calls do not show.
//!
//! Threads that touch no client do not count: those for signals, for the log, and those that a runtime keeps.

use super::Finding;
use super::acts::{Act, Role, Sleeps};
use super::calls::Calls;

pub(super) fn judge(calls: &Calls<'_>) -> Finding {
    let mut firsts: Vec<&Act> =
        calls.serving.values().filter_map(|index| calls.acts.get(*index)).collect();
    firsts.sort_by_key(|act| act.began);
    let count = firsts.len();
    if count < 2 {
        return Finding::Holds;
    }
    if !calls.acts.iter().any(|act| act.is_io() && act.sleeps != Sleeps::Never) {
        return Finding::Unknown(format!(
            "{count} threads touch the sockets of clients, and none of them may sleep there: the trace does not show \
             whether they are one loop."
        ));
    }
    let does: Vec<String> = firsts.iter().take(3).map(|act| does(calls, act)).collect();
    let more = if count > does.len() { ", and more threads serve others" } else { "" };
    let sentence = format!("{count} threads serve the clients: {}{more}.", does.join(", "));
    Finding::Broken(sentence, firsts.iter().map(|act| act.place).collect())
}

/// What a thread does.
fn does(calls: &Calls<'_>, act: &Act) -> String {
    let client = act.port.map_or("?", |port| calls.name(port));
    match act.role {
        Role::Accept => "one accepts".to_owned(),
        Role::Write => format!("one writes to client {client}"),
        _ => format!("one reads from client {client}"),
    }
}
