//! The lanes of the clients and of the kernel. What a client was doing stands in its own notes; only where its
//! waiting ends and its being served begins is taken from the server's call that has read the request. What
//! the kernel keeps until the server takes it, no trace of the server and no client sees; it is where the two
//! do not agree yet.

use trace::client_log::{ClientEvent, EventKind};

use super::super::recorded::Recorded;
use super::super::server_call::ServerCall;
use super::{Axis, Lane, LaneKind, Span, SpanKind};

pub(super) fn lanes(recorded: &Recorded, axis: &Axis) -> Vec<Lane> {
    let lane = |kind, name: &str, spans| Lane { kind, name: name.to_owned(), spans };
    let client = |client: &&str| {
        lane(LaneKind::Client, &format!("client {client}"), spans(recorded, client, axis))
    };
    let kept = |of: fn(&Recorded, &ClientEvent, &Axis) -> Option<Span>| {
        let spans = recorded.events.iter().filter_map(|event| of(recorded, event, axis));
        spans.filter(|span| span.duration_us > 0).collect()
    };
    let mut lanes: Vec<Lane> = recorded.clients().iter().map(client).collect();
    lanes.push(lane(LaneKind::AcceptQueue, "accept queue", kept(unaccepted)));
    lanes.push(lane(LaneKind::ReceiveBuffer, "receive buffer", kept(unread)));
    lanes
}

/// Each event begins a span, which ends with the next.
fn spans(recorded: &Recorded, client: &str, axis: &Axis) -> Vec<Span> {
    let events: Vec<&ClientEvent> = recorded.events_of(client).collect();
    let mut spans = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let next = events.get(index + 1);
        let start = axis.at(event.at_us);
        let end = next.map_or(axis.window.1, |next| axis.at(next.at_us));
        match &event.what {
            EventKind::Connecting => {
                let says = ["is being connected by the kernel", "connects"];
                let span = Span::new(SpanKind::Connect, Some(client), (start, end), says);
                spans.push(Span { call: "connect".to_owned(), ..span });
            }
            EventKind::Connected | EventKind::Received { .. } | EventKind::Unexpected { .. } => {
                let says = ["connected, and says nothing", "says nothing", "silent"];
                spans.push(Span::new(SpanKind::Idle, Some(client), (start, end), says));
            }
            EventKind::Sent { bytes, text } => {
                let read = recorded.read_of(event).map_or(end, |call| axis.at(call.end_us()));
                let is_piece = next.is_some_and(|it| matches!(it.what, EventKind::Sent { .. }));
                let read = read.clamp(start, end);
                let both = [waiting(text, (start, read)), after(text, is_piece, (read, end))];
                let both = both.into_iter().filter(|span| span.duration_us > 0);
                spans.extend(both.map(|span| Span {
                    client: Some(client.to_owned()),
                    call: format!("send({text:?}, {bytes} bytes)"),
                    bytes: *bytes,
                    ..span
                }));
            }
            EventKind::GaveUp { .. } | EventKind::Closed => {}
        }
    }
    spans
}

/// A request waits until it is read.
fn waiting(text: &str, times: (i64, i64)) -> Span {
    let says =
        [format!("waits: nobody reads its {text}"), format!("{text}: waits"), "waits".into()];
    Span::new(SpanKind::Waiting, None, times, says)
}

/// Then it is served until the reply is here. A piece of a request, or one of several, has no reply yet.
fn after(text: &str, is_piece: bool, times: (i64, i64)) -> Span {
    if is_piece {
        return Span::new(SpanKind::Idle, None, times, ["has more to say", "silent"]);
    }
    let says = [format!("is served: {text}"), "is served".into(), "served".into()];
    Span::new(SpanKind::Served, None, times, says)
}

fn unaccepted(recorded: &Recorded, event: &ClientEvent, axis: &Axis) -> Option<Span> {
    let client = &event.client;
    let says = [
        format!("{client} is connected, and nobody has accepted it"),
        format!("{client} is not accepted yet"),
        format!("{client} waits"),
        client.clone(),
    ];
    let is_one = event.what == EventKind::Connected;
    let end = recorded.accept_of(event.port);
    is_one.then(|| kept(SpanKind::Unaccepted, event, end, axis, says))
}

fn unread(recorded: &Recorded, event: &ClientEvent, axis: &Axis) -> Option<Span> {
    let EventKind::Sent { bytes, text } = &event.what else { return None };
    let client = &event.client;
    let says = [
        format!("{bytes} bytes of {client}, which nobody has read: {text}"),
        format!("{bytes} bytes of {client}, not read yet"),
        format!("{bytes} bytes"),
        client.clone(),
    ];
    let end = recorded.read_of(event);
    Some(Span { bytes: *bytes, ..kept(SpanKind::Unread, event, end, axis, says) })
}

/// From what a client has noted until a call of the server returns, or until the end, if none does.
fn kept(
    kind: SpanKind,
    event: &ClientEvent,
    end: Option<&ServerCall>,
    axis: &Axis,
    says: [String; 4],
) -> Span {
    let times = (axis.at(event.at_us), end.map_or(axis.window.1, |call| axis.at(call.end_us())));
    let call = end.map_or_else(|| "never".to_owned(), |call| format!("until {}", call.shown));
    Span { call, ..Span::new(kind, Some(&event.client), times, says) }
}
