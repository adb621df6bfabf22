//! Why a step probably fails: from the bytes that came, and from what the server did at that moment.

use harness::calls::WaitsFor;
use harness::scenario::{Failure, FailureKind, bytes_of};
use harness::snapshot::{Snapshot, Thread};
use trace::protocol::Protocol;

use crate::course::Step;

/// The probable cause, in a sentence or two; `None` if there is no telling.
#[must_use]
pub fn of(
    step: &Step,
    (client, failure): (&str, &Failure),
    snapshot: Option<&Snapshot>,
    protocol: Protocol,
) -> Option<String> {
    let named = step.causes.iter().find(|cause| {
        let is_of = cause.client.as_ref().is_none_or(|name| name == client);
        let begins = |got: &String| failure.got.first.starts_with(&bytes_of(got, "1"));
        cause.when == failure.kind && is_of && cause.got.as_ref().is_none_or(begins)
    });
    if let Some(cause) = named {
        return Some(cause.say.clone());
    }
    let by_bytes = match failure.kind {
        FailureKind::Differs | FailureKind::Incomplete => by_bytes(failure, protocol),
        _ => None,
    };
    by_bytes.or_else(|| by_state(failure.kind, snapshot?))
}

/// What the difference between the bytes says.
fn by_bytes(failure: &Failure, protocol: Protocol) -> Option<String> {
    let (expected, got) = (failure.expected.first.as_slice(), failure.got.first.as_slice());
    let without_end = |bytes: &[u8]| bytes.trim_ascii_end().to_vec();
    if without_end(expected) == without_end(got) {
        let end = got[without_end(got).len()..].escape_ascii().to_string();
        let ends =
            if end.is_empty() { "has no line end".to_owned() } else { format!("ends in {end}") };
        let must = expected[without_end(expected).len()..].escape_ascii();
        return Some(format!("The reply {ends}; it must end in {must}."));
    }
    if protocol == Protocol::Lines {
        return None;
    }
    let (must, is) = (*expected.first()?, *got.first()?);
    if must != is {
        let is =
            if is.is_ascii_graphic() { char::from(is).to_string() } else { format!("\\x{is:02x}") };
        let kind = kind(must)?;
        return Some(format!(
            "The first byte of a reply says what it is: '{}' is {kind}. Yours begins with '{is}'.",
            char::from(must)
        ));
    }
    let line = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == b'\r').unwrap_or(bytes.len());
        String::from_utf8_lossy(bytes.get(1..end).unwrap_or_default()).into_owned()
    };
    let (must_say, says) = (line(expected), line(got));
    (must_say != says && matches!(must, b'$' | b'*')).then(|| match must {
        b'$' => format!("The length in the first line must be {must_say}, the number of bytes of the value; it is {says}."),
        _ => format!("The first line must count {must_say} elements; it counts {says}."),
    })
}

fn kind(mark: u8) -> Option<&'static str> {
    Some(match mark {
        b'+' => "a status",
        b'-' => "an error",
        b':' => "a number",
        b'$' => "a value",
        b'*' => "an array",
        _ => return None,
    })
}

/// What the server did at that moment says.
fn by_state(kind: FailureKind, snapshot: &Snapshot) -> Option<String> {
    if !matches!(kind, FailureKind::NoReply | FailureKind::Incomplete | FailureKind::NotRead) {
        return None;
    }
    let unread = snapshot.clients.iter().any(|client| client.receive_queue > 0);
    let text = match (&snapshot.thread, snapshot.waits_for()) {
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
        _ => return None,
    };
    Some(text.to_owned())
}
