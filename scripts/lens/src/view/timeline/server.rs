//! The lanes of the server's thread: where it sleeps, and between that, for whom it is awake.

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
fn within<'a>(recorded: &'a Recorded, axis: &'a Axis) -> impl Iterator<Item = &'a ServerCall> {
    let (from, until) = (axis.window.0, axis.window.1 - MARGIN_US);
    let mut is_over = false;
    let calls = recorded.calls.iter().filter(move |call| axis.at(call.end_us()) > from);
    calls.take_while(move |call| {
        let was_over = is_over;
        is_over |= axis.at(call.start_us) >= until;
        !was_over
    })
}

/// The thread sleeps, or it is awake: there is nothing else. It is awake for the client of its calls.
fn states(recorded: &Recorded, calls: &[&ServerCall], axis: &Axis) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for call in calls {
        let start = axis.at(call.start_us);
        let name = call.port.and_then(|port| recorded.name_of(port));
        if let Some(last) = spans.last_mut().filter(|last| last.kind == SpanKind::Awake) {
            last.duration_us = u64::try_from(start - last.start_us).unwrap_or(0);
        }
        if call.is_asleep() {
            spans.push(asleep(recorded, call, axis));
            continue;
        }
        let awake = spans.last_mut().filter(|last| last.kind == SpanKind::Awake);
        match awake {
            // What is about nobody belongs to whom it comes before or after.
            Some(last)
                if name.is_none() || last.client.is_none() || last.client.as_deref() == name =>
            {
                last.client = last.client.take().or_else(|| name.map(str::to_owned));
                add(last, call, axis);
            }
            before => {
                let from =
                    before.map(|last| last.end_us()).or_else(|| spans.last().map(Span::end_us));
                let mut span = Span {
                    start_us: from.unwrap_or(start).min(start),
                    ..one(recorded, call, axis)
                };
                span.kind = SpanKind::Awake;
                span.call.clear();
                span.bytes = 0;
                add(&mut span, call, axis);
                spans.push(span);
            }
        }
    }
    spans
}

/// One more call while the thread is awake.
fn add(awake: &mut Span, call: &ServerCall, axis: &Axis) {
    let end = axis.at(call.end_us());
    awake.duration_us = u64::try_from(end - awake.start_us).unwrap_or(0);
    if !awake.call.is_empty() {
        awake.call.push_str(", ");
    }
    awake.call.push_str(&call.name);
    awake.bytes += bytes(call);
    awake.says = match &awake.client {
        Some(client) => {
            [format!("awake for {client}"), format!("for {client}"), client.clone()].into()
        }
        None => ["awake, for no client".to_owned(), "awake".to_owned()].into(),
    };
}

fn asleep(recorded: &Recorded, call: &ServerCall, axis: &Axis) -> Span {
    let name = &call.name;
    let client = call.port.and_then(|port| recorded.name_of(port));
    // Which client it will be that accept returns is not known while it sleeps.
    let client = client.filter(|_| call.did != Did::Accepted);
    let waits_for = match (client, name.starts_with("accept")) {
        (Some(client), _) => format!("for {client} alone"),
        (None, true) => "for the next client".to_owned(),
        (None, false) => "for everyone".to_owned(),
    };
    Span {
        kind: SpanKind::Asleep,
        client: client.map(str::to_owned),
        says: vec![
            format!("asleep in {name}, {waits_for}"),
            format!("asleep in {name}"),
            name.clone(),
            "asleep".to_owned(),
        ],
        ..one(recorded, call, axis)
    }
}

/// The span of one call.
fn one(recorded: &Recorded, call: &ServerCall, axis: &Axis) -> Span {
    Span {
        kind: SpanKind::Call,
        client: call.port.and_then(|port| recorded.name_of(port)).map(str::to_owned),
        start_us: axis.at(call.start_us),
        duration_us: call.took_us,
        call: call.shown.clone(),
        says: vec![format!("{}: {}", call.name, call.says), call.name.clone()],
        bytes: bytes(call),
    }
}

fn bytes(call: &ServerCall) -> usize {
    match call.did {
        Did::Read(bytes) | Did::Sent(bytes) => bytes,
        _ => 0,
    }
}
