//! The part that is enlarged: a few milliseconds around the reply to the second client, which are too
//! narrow to see in the whole run.

use maud::{Markup, html};

use super::super::Timeline;
use super::View;
use crate::picture::{float, line, px, rect, text, ticks};
use crate::text::human;

/// The left and the right edge.
pub(super) const EDGES: (f64, f64) = (628.0, 944.0);
/// Nothing that is shorter is enlarged, in microseconds.
const LEAST_US: i64 = 500;

/// How many microseconds are enlarged: as many for all servers, so that they can be compared.
pub(super) fn length_us(timelines: &[Timeline]) -> i64 {
    let longest = timelines.iter().map(|timeline| {
        let (from, until) = moment(timeline);
        until - from
    });
    longest.max().unwrap_or(0).max(LEAST_US) * 118 / 100
}

/// The part of this timeline that is enlarged.
pub(super) fn view(timeline: &Timeline, length_us: i64) -> View {
    let from_us = moment(timeline).0 - length_us * 6 / 100;
    View { from_us, until_us: from_us + length_us, edges: EDGES, least: 1.5 }
}

/// From when the server could have turned to the second client until it has its reply: since it asks for
/// its connection, or since the first has left.
fn moment(timeline: &Timeline) -> (i64, i64) {
    let facts = &timeline.facts;
    let us = |us: Option<u64>| us.and_then(|us| i64::try_from(us).ok());
    let Some(reply) = us(facts.first_reply_us) else { return (0, LEAST_US) };
    let left = us(facts.first_left_us).filter(|left| *left < reply);
    (left.unwrap_or(0), reply)
}

/// Its frame, its axis, and its place in the whole run.
pub(super) fn panel(run: &View, zoom: &View, (top, bottom): (f64, f64)) -> Markup {
    let (left, right) = EDGES;
    let middle = f64::midpoint(run.x(zoom.from_us), run.x(zoom.until_us));
    let (top, bottom) = (top - 3.0, bottom - 1.0);
    let lead = format!("M{} {1}V{2}H{3}V{1}", px(middle), px(top), px(top - 5.0), px(left));
    html! {
        (rect("panel", (left - 3.0, top), (right - left + 6.0, bottom - top)))
        (rect("panel", (middle - 3.0, top), (6.0, bottom - top)))
        path class="lead" d=(lead) {}
        (line("grid", (run.edges.0, bottom), (run.edges.1, bottom)))
        @for tick in ticks(zoom.from_us, zoom.until_us) {
            (line("grid", (zoom.x(tick), top), (zoom.x(tick), bottom)))
            @if zoom.x(tick) < right - 20.0 {
                (text("small middle", (zoom.x(tick), bottom + 14.0), &label(tick)))
            }
        }
    }
}

/// `800.5 ms`: near by, tenths of a millisecond matter.
fn label(us: i64) -> String {
    match us {
        0 => "0".to_owned(),
        -999..=999 => human(us),
        _ => format!("{} ms", float(us) / 1_000.0),
    }
}
