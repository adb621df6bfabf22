//! A span in its lane: once in the whole run, and once in the glass if that shows it too.

use maud::{Markup, html};

use super::super::super::picture::{Form, color_of, letters, px};
use super::super::{Lane, LaneKind, Span, SpanKind, Timeline};
use super::Scale;
use crate::text::human;

/// How high a lane is, in pixels.
pub(super) fn height(kind: LaneKind) -> f64 {
    match kind {
        LaneKind::Client => 20.0,
        LaneKind::AcceptQueue | LaneKind::ReceiveBuffer => 15.0,
        LaneKind::Server => 18.0,
        LaneKind::Calls => 9.0,
    }
}

/// Draws a span.
pub(super) fn span(
    timeline: &Timeline,
    (lane, span): (&Lane, &Span),
    y: f64,
    (run, glass): (&Scale, &Scale),
    form: Form,
) -> Markup {
    let class = format!("span {}", color_of(span.client.as_deref(), &timeline.clients()));
    let shapes = html! {
        (shape(span, lane.kind, run, y))
        @if span.end_us() > glass.from_us && span.start_us < glass.until_us {
            (shape(span, lane.kind, glass, y))
        }
    };
    let words = words(timeline, lane, span);
    match form {
        Form::File => html! { g class=(class) { title { (words) } (shapes) } },
        Form::Inline => html! {
            g class=(class) tabindex="0" role="img" aria-label=(words) data-server=(timeline.server)
                data-lane=(lane.kind.name()) data-client=(span.client.as_deref().unwrap_or_default())
                data-kind=(span.kind.name()) data-start-us=(span.start_us)
                data-duration-us=(span.duration_us) data-call=(span.call) data-bytes=(span.bytes) {
                title { (words) } (shapes)
            }
        },
    }
}

/// A span in words: who, what, how long, since when.
fn words(timeline: &Timeline, lane: &Lane, span: &Span) -> String {
    let duration = human(i64::try_from(span.duration_us).unwrap_or(i64::MAX));
    let start = human(span.start_us);
    let guest = &timeline.facts.guest;
    let (server, name, text) = (&timeline.server, &lane.name, span.full());
    format!(
        "{server}, {name}: {text}. {duration}, from {start} after {guest} asked for a connection."
    )
}

fn shape(span: &Span, lane: LaneKind, scale: &Scale, y: f64) -> Markup {
    let (left, right) = (scale.x(span.start_us), scale.x(span.end_us()));
    let width = (right - left).max(scale.least);
    let left = left.min(scale.edges.1 - width);
    let height = height(lane);
    let text = span.fitting(letters(width - 10.0)).filter(|_| lane != LaneKind::Calls);
    let is_wider = right - left < scale.least;
    html! {
        rect class=(look(span.kind)) x=(px(left)) y=(px(y)) width=(px(width)) height=(px(height)) rx=(px(2.0_f64.min(width / 2.0)))
            data-drawn-wider=[is_wider.then_some("true")] {}
        @if let Some(text) = text {
            text class=(ink(span.kind)) x=(px(left + 6.0)) y=(px(y + height / 2.0 + 4.5)) { (text) }
        }
    }
}

/// The spans in the order in which they are drawn: what happens lies on top of sleep and silence.
pub(super) fn in_order(lane: &Lane) -> impl Iterator<Item = &Span> {
    let is_quiet = |span: &&Span| matches!(span.kind, SpanKind::Asleep | SpanKind::Idle);
    let others = lane.spans.iter().filter(move |span| !is_quiet(span));
    lane.spans.iter().filter(is_quiet).chain(others)
}

/// How a span looks: with its colour, and without.
fn look(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Waiting => "hatch",
        SpanKind::Idle => "line",
        SpanKind::Unaccepted | SpanKind::Unread => "dots",
        SpanKind::Asleep => "rest",
        SpanKind::Connect => "open",
        SpanKind::Served | SpanKind::Awake | SpanKind::Call => "solid",
    }
}

/// How what is written on it looks.
fn ink(kind: SpanKind) -> &'static str {
    match look(kind) {
        "hatch" => "on halo strong",
        "dots" | "open" => "on small halo-tint",
        "solid" => "on on-solid",
        _ => "on note",
    }
}
