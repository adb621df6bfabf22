//! Why a step probably fails: from what the step itself knows, from the bytes that came, and from what the server did at
//! that moment.

use harness::calls::WaitsFor;
use harness::scenario::{FailureKind, bytes_of};
use harness::snapshot::{ClientState, Snapshot, Thread};
use trace::protocol::Protocol;

use crate::course::{Cause, Step};
use crate::judge::Stopped;

mod reply;

/// What the start of a lab says of a function that is not written yet.
#[must_use]
pub fn unwritten(stopped: &Stopped) -> Option<String> {
    stopped.said.iter().find_map(|line| {
        let from = line.find('`').filter(|_| line.contains("is not written yet"))?;
        Some(format!("Next: {}", line.get(from..)?))
    })
}

/// The probable cause, in a sentence or two; `None` if there is no telling.
#[must_use]
pub fn of(step: &Step, stopped: &Stopped, protocol: Protocol) -> Option<String> {
    let named = step.causes.iter().find(|cause| fits(cause, stopped));
    if let Some(cause) = named {
        return Some(cause.say.clone());
    }
    if let Some((status, _)) = &stopped.ended {
        return Some(by_end(status).to_owned());
    }
    let failure = &stopped.failure;
    let by_bytes = match failure.kind {
        FailureKind::Differs | FailureKind::Incomplete => {
            reply::cause(&failure.expected.first, &failure.got.first, protocol)
        }
        _ => None,
    };
    let by_state = || by_state(failure.kind, stopped.snapshot.as_ref()?);
    let text = || by_bytes.or_else(by_state);
    text().or_else(|| by_kind(failure.kind, failure.got.count).map(str::to_owned))
}

fn fits(cause: &Cause, stopped: &Stopped) -> bool {
    let begins = |bytes: &[u8], text: &Option<String>| {
        text.as_ref().is_none_or(|text| bytes.starts_with(&bytes_of(text, "1")))
    };
    let Stopped { client, failure, .. } = stopped;
    cause.when == failure.kind
        && cause.client.as_ref().is_none_or(|name| name == client)
        && begins(&failure.got.first, &cause.got)
        && begins(&failure.expected.first, &cause.expected)
}

/// What the end of the server says.
fn by_end(status: &str) -> &'static str {
    if status == "exit status: 0" {
        "The program has come to its end, without an error. A server goes on: when a client has left, it accepts the next one, in a loop."
    } else if status.contains("SIGXFSZ") {
        "The server has written a file that is too large: while it is judged, a file may have 64 MiB."
    } else {
        "The whole server has ended. What goes wrong with one client ends the connection of this client, and nothing else. Is there a panic, or an error that `run` returns?"
    }
}

/// What the server did at that moment says.
fn by_state(kind: FailureKind, snapshot: &Snapshot) -> Option<String> {
    let has = |state| snapshot.clients.iter().any(|client| client.state == state);
    if kind == FailureKind::Refused {
        let text = "The accept queue is full: the server does not accept the clients that wait.";
        return has(ClientState::Queued).then(|| text.to_owned());
    }
    if !matches!(kind, FailureKind::NoReply | FailureKind::Incomplete | FailureKind::NotRead) {
        return None;
    }
    let unread = snapshot.clients.iter().any(|client| client.receive_queue > 0);
    let is_anybody_served = snapshot.clients.iter().any(|client| client.state.is_accepted());
    let text = match (&snapshot.thread, snapshot.waits_for()) {
        (Thread::Running, _) if has(ClientState::HalfClosed) => {
            "A client has left, and the server reads from its connection again and again. A read that returns 0 bytes is the end: leave the loop."
        }
        (Thread::Running, _) => "The server is busy: is there a loop that does not end?",
        (_, Some(WaitsFor::Connection)) => {
            "The server waits for a new client, and does not read from the one that it has accepted."
        }
        (_, Some(WaitsFor::Bytes)) if unread => {
            "The server waits for bytes of one client, while bytes of another one are there."
        }
        (_, Some(WaitsFor::Bytes)) => {
            "The server has read all bytes, and waits for more: it has not seen that the request is whole, or it has not sent the reply."
        }
        (_, Some(WaitsFor::Space)) => "The server sleeps until a client takes its replies.",
        (_, Some(WaitsFor::Any)) if unread => {
            "Bytes are there that the server has not read, and it sleeps: does it ask for this event, and read until nothing is left?"
        }
        (_, Some(WaitsFor::Any)) => {
            "The server has read all bytes, and sleeps until something happens: it has not seen that the request is whole, or it has not sent the reply."
        }
        _ if !is_anybody_served => {
            "The server has not accepted the client. The kernel has connected it, and keeps its bytes: the server must call `accept`, and read from the connection that it returns."
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// What can be said without a look at anything.
fn by_kind(kind: FailureKind, got: usize) -> Option<&'static str> {
    match kind {
        FailureKind::Closed if got == 0 => Some(
            "The server has closed the connection in place of a reply. Is there an error that it does not answer?",
        ),
        FailureKind::Closed => {
            Some("The server has closed the connection in the middle of a reply.")
        }
        FailureKind::TooMuch => Some(
            "A request gets one reply, and an empty one gets none. Here the server has sent more than that.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
