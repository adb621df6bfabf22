//! A span in its lane, as a shape with words on it.

use maud::{Markup, html};

use super::super::{Lane, LaneKind, Span, SpanKind};
use crate::picture::{LETTER, Scale, float, px, text};
use crate::text::letters;

/// A part of the time, and where it is drawn.
#[derive(Debug, Clone, Copy)]
pub(in crate::view) struct View {
    pub(in crate::view) from_us: i64,
    pub(in crate::view) until_us: i64,
    /// The left and the right edge.
    pub(in crate::view) edges: (f64, f64),
    /// What is narrower is drawn so wide.
    pub(in crate::view) least: f64,
}

impl View {
    pub(super) fn us_per_px(&self) -> f64 {
        float(self.until_us - self.from_us) / (self.edges.1 - self.edges.0)
    }

    pub(super) fn x(&self, us: i64) -> f64 {
        let range = (float(self.from_us), float(self.until_us));
        Scale { range, edges: self.edges }.at(float(us))
    }

    pub(super) fn shows(&self, span: &Span) -> bool {
        span.end_us() > self.from_us && span.start_us < self.until_us
    }
}

/// How high a lane is, in pixels.
pub(super) fn height(kind: LaneKind) -> f64 {
    match kind {
        LaneKind::Client => 20.0,
        LaneKind::AcceptQueue | LaneKind::ReceiveBuffer => 15.0,
        LaneKind::Server => 18.0,
        LaneKind::Calls => 9.0,
    }
}

/// The place of a client among the colours.
pub(in crate::view) fn colour_of(client: Option<&str>, clients: &[String]) -> String {
    let place = client.and_then(|name| clients.iter().position(|of| of == name));
    place.map_or_else(|| "nobody".to_owned(), |place| format!("c{}", place % 6))
}

/// Draws a span, with the words that fit on it.
pub(in crate::view) fn shape(span: &Span, height: f64, view: &View, y: f64) -> Markup {
    let (left, right) = (view.x(span.start_us), view.x(span.end_us()));
    let width = (right - left).max(view.least);
    let left = left.min(view.edges.1 - width);
    let look = span.kind.look();
    let has_room = |words: &&String| float(letters(words)) * LETTER <= width - 10.0;
    let words = span.says.iter().find(has_room).filter(|_| span.kind != SpanKind::Call);
    let is_wider = right - left < view.least;
    html! {
        rect class=(look.shape) x=(px(left)) y=(px(y)) width=(px(width)) height=(px(height)) rx=(px(2.0_f64.min(width / 2.0)))
            data-drawn-wider=[is_wider.then_some("true")] {}
        @if let Some(words) = words { (text(look.words, (left + 6.0, y + height / 2.0 + 4.5), words)) }
    }
}

/// The spans in the order in which they are drawn: what happens lies on top of sleep and silence.
pub(super) fn in_order(lane: &Lane) -> impl Iterator<Item = &Span> {
    let is_quiet = |span: &&Span| matches!(span.kind, SpanKind::Asleep | SpanKind::Idle);
    let others = lane.spans.iter().filter(move |span| !is_quiet(span));
    lane.spans.iter().filter(is_quiet).chain(others)
}
