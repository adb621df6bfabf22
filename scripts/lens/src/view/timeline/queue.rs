//! The lanes of the kernel: what it keeps until the server comes for it. No trace of the server and no
//! client sees that; it is where the two do not agree yet.

use trace::client_log::{ClientEvent, EventKind};

use super::super::recorded::Recorded;
use super::super::server_call::ServerCall;
use super::{Axis, Lane, LaneKind, Span, SpanKind};

pub(super) fn lanes(recorded: &Recorded, axis: &Axis) -> [Lane; 2] {
    let lane = |kind, name: &str, of: fn(&Recorded, &ClientEvent, &Axis) -> Option<Span>| Lane {
        kind,
        name: name.to_owned(),
        spans: recorded.events.iter().filter_map(|event| of(recorded, event, axis)).collect(),
    };
    [
        lane(LaneKind::AcceptQueue, "accept queue", unaccepted),
        lane(LaneKind::ReceiveBuffer, "receive buffer", unread),
    ]
}

fn unaccepted(recorded: &Recorded, event: &ClientEvent, axis: &Axis) -> Option<Span> {
    let client = &event.client;
    let texts = [
        format!("{client} is connected, and nobody has accepted it"),
        format!("{client} is not accepted yet"),
        format!("{client} waits"),
        client.clone(),
    ];
    let is_one = event.what == EventKind::Connected;
    let end = recorded.accept_of(event.port);
    span(SpanKind::Unaccepted, event, end, axis, (texts.to_vec(), 0)).filter(|_| is_one)
}

fn unread(recorded: &Recorded, event: &ClientEvent, axis: &Axis) -> Option<Span> {
    let EventKind::Sent { bytes, text } = &event.what else { return None };
    let client = &event.client;
    let texts = [
        format!("{bytes} bytes of {client}, which nobody has read: {text}"),
        format!("{bytes} bytes of {client}, not read yet"),
        format!("{bytes} bytes"),
        client.clone(),
    ];
    span(SpanKind::Unread, event, recorded.read_of(event), axis, (texts.to_vec(), *bytes))
}

/// From what a client has noted until a call of the server returns, or until the end, if none does.
fn span(
    kind: SpanKind,
    event: &ClientEvent,
    end: Option<&ServerCall>,
    axis: &Axis,
    (says, bytes): (Vec<String>, usize),
) -> Option<Span> {
    let start = axis.at(event.at_us);
    let until = end.map_or(axis.window.1, |call| axis.at(call.end_us()));
    let duration = u64::try_from(until - start).ok().filter(|duration| *duration > 0)?;
    Some(Span {
        kind,
        client: Some(event.client.clone()),
        start_us: start,
        duration_us: duration,
        call: end.map_or_else(|| "never".to_owned(), |call| format!("until {}", call.shown)),
        says,
        bytes,
    })
}
