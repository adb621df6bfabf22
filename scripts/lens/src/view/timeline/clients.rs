//! The lanes of the clients: what each was doing, by its own notes. Only where its waiting ends and its
//! being served begins is taken from the server's call that has read the request.

use trace::client_log::{ClientEvent, EventKind};

use super::super::recorded::Recorded;
use super::{Axis, Lane, LaneKind, Span, SpanKind};

pub(super) fn lanes(recorded: &Recorded, axis: &Axis) -> Vec<Lane> {
    let lane = |client: &str| Lane {
        kind: LaneKind::Client,
        name: format!("client {client}"),
        spans: spans(recorded, client, axis),
    };
    recorded.clients().into_iter().map(lane).collect()
}

/// Each event begins a span, which ends with the next.
fn spans(recorded: &Recorded, client: &str, axis: &Axis) -> Vec<Span> {
    let events: Vec<&ClientEvent> = recorded.events_of(client).collect();
    let mut spans = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let end = events.get(index + 1).map_or(axis.window.1, |next| axis.at(next.at_us));
        let start = axis.at(event.at_us);
        match &event.what {
            EventKind::Connecting => spans.push(Span {
                kind: SpanKind::Connect,
                call: "connect".to_owned(),
                says: texts(["is being connected by the kernel", "connects"]),
                ..span(event, start, end)
            }),
            EventKind::Connected | EventKind::Received { .. } | EventKind::Unexpected { .. } => {
                spans.push(Span {
                    kind: SpanKind::Idle,
                    says: texts(["connected, and says nothing", "says nothing", "silent"]),
                    ..span(event, start, end)
                });
            }
            EventKind::Sent { bytes, text } => {
                let read = recorded.read_of(event).map_or(end, |call| axis.at(call.end_us()));
                let times = (start, read.clamp(start, end), end);
                let mut both = sent(event, text, *bytes, times);
                let next = events.get(index + 1).map(|next| &next.what);
                if matches!(next, Some(EventKind::Sent { .. })) {
                    // A piece of a request, or one of several: no reply can be there yet.
                    both[1].kind = SpanKind::Idle;
                    both[1].says = texts(["has more to say", "silent"]);
                }
                spans.extend(both.into_iter().filter(|span| span.duration_us > 0));
            }
            EventKind::GaveUp { .. } | EventKind::Closed => {}
        }
    }
    spans
}

/// A request waits until it is read, and is served until the reply is here.
fn sent(
    event: &ClientEvent,
    text: &str,
    bytes: usize,
    (start, read, end): (i64, i64, i64),
) -> [Span; 2] {
    let call = format!("send({text:?}, {bytes} bytes)");
    let waiting = Span {
        kind: SpanKind::Waiting,
        call: call.clone(),
        says: vec![
            format!("waits: nobody reads its {text}"),
            format!("{text}: waits"),
            "waits".to_owned(),
        ],
        bytes,
        ..span(event, start, read)
    };
    let served = Span {
        kind: SpanKind::Served,
        call,
        says: vec![format!("is served: {text}"), "is served".to_owned(), "served".to_owned()],
        bytes,
        ..span(event, read, end)
    };
    [waiting, served]
}

/// A span of a client, of which the details are still to be said.
fn span(event: &ClientEvent, start: i64, end: i64) -> Span {
    Span {
        kind: SpanKind::Idle,
        client: Some(event.client.clone()),
        start_us: start,
        duration_us: u64::try_from(end - start).unwrap_or(0),
        call: String::new(),
        says: Vec::new(),
        bytes: 0,
    }
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}
