//! The lanes of the server's thread: where it sleeps, and between that, for which client it is awake.

use super::super::recorded::Recorded;
use super::super::server_call::{Did, ServerCall};
use super::{Axis, Lane, LaneKind, MARGIN_US, Span, SpanKind};

pub(super) fn lanes(recorded: &Recorded, axis: &Axis) -> [Lane; 2] {
    let calls: Vec<&ServerCall> = within(recorded, axis).collect();
    let each = calls.iter().filter(|call| !call.is_asleep());
    let lane = |kind, name: &str, spans| Lane { kind, name: name.to_owned(), spans };
    [
        lane(LaneKind::Server, "server thread", states(recorded, &calls, axis)),
        lane(LaneKind::Calls, "its calls", each.map(|call| one(recorded, call, axis)).collect()),
    ]
}

/// The calls that are of interest: from the one in which the first client finds the server, to the one in
/// which it sleeps when all have left. How it starts and ends is cut.
pub fn within<'a>(recorded: &'a Recorded, axis: &'a Axis) -> impl Iterator<Item = &'a ServerCall> {
    let (from, until) = (axis.window.0, axis.window.1 - MARGIN_US);
    let calls = recorded.calls.iter().filter(move |call| axis.at(call.end_us()) > from);
    let mut is_over = false;
    calls.take_while(move |call| !std::mem::replace(&mut is_over, axis.at(call.start_us) >= until))
}

/// The thread sleeps, or it is awake: there is nothing else. It is awake for the client of its calls.
fn states(recorded: &Recorded, calls: &[&ServerCall], axis: &Axis) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut awake: Option<Span> = None;
    for call in calls {
        let span = one(recorded, call, axis);
        if call.is_asleep() {
            spans.extend(awake.take().map(|awake| awake.until(span.start_us)));
            spans.push(asleep(recorded, call, span));
            continue;
        }
        // A call about no client belongs to the client of the call before it, or of the one after it.
        let is_for = |client: &Option<String>| {
            client.is_none() || span.client.is_none() || *client == span.client
        };
        awake = Some(match awake.take() {
            Some(awake) if is_for(&awake.client) => with(awake, span),
            other => {
                spans.extend(other.map(|other| other.until(span.start_us)));
                let start = spans.last().map_or(span.start_us, Span::end_us).min(span.start_us);
                with(Span::new(SpanKind::Awake, None, (start, start), [""; 0]), span)
            }
        });
    }
    spans.extend(awake);
    spans
}

/// One more call while the thread is awake.
fn with(mut awake: Span, call: Span) -> Span {
    awake.client = awake.client.or(call.client.clone());
    awake.says = match &awake.client {
        Some(client) => {
            vec![format!("awake for {client}"), format!("for {client}"), client.clone()]
        }
        None => vec!["awake, for no client".to_owned(), "awake".to_owned()],
    };
    let name = call.says.last().map_or("", String::as_str);
    awake.call += if awake.call.is_empty() { "" } else { ", " };
    awake.call += name;
    awake.bytes += call.bytes;
    awake.until(call.end_us())
}

fn asleep(recorded: &Recorded, call: &ServerCall, span: Span) -> Span {
    let name = &call.name;
    let client = waits_for(recorded, call);
    let says = vec![
        format!("asleep in {name}, {}", for_whom(name, client)),
        format!("asleep in {name}"),
        name.clone(),
        "asleep".to_owned(),
    ];
    let client = client.map(str::to_owned);
    Span { kind: SpanKind::Asleep, client, says, ..span }
}

/// The only client that can end the sleep in a call. Which client it will be that accept returns is not
/// known while the thread sleeps.
#[must_use]
pub fn waits_for<'a>(recorded: &'a Recorded, call: &ServerCall) -> Option<&'a str> {
    let port = call.port.filter(|_| call.did != Did::Accepted)?;
    recorded.name_of(port)
}

/// Which client can end the sleep in a call, in words.
#[must_use]
pub fn for_whom(call: &str, client: Option<&str>) -> String {
    match client {
        Some(name) => format!("for {name} alone"),
        None if call.starts_with("accept") => "for the next client".to_owned(),
        None => "for everyone".to_owned(),
    }
}

/// The span of one call.
fn one(recorded: &Recorded, call: &ServerCall, axis: &Axis) -> Span {
    let client = call.port.and_then(|port| recorded.name_of(port));
    let times = (axis.at(call.start_us), axis.at(call.end_us()));
    let says = [format!("{}: {}", call.name, call.says), call.name.clone()];
    let bytes = match call.did {
        Did::Read(bytes) | Did::Sent(bytes) => bytes,
        _ => 0,
    };
    let path = call.path.clone();
    Span { call: call.shown.clone(), bytes, path, ..Span::new(SpanKind::Call, client, times, says) }
}
