//! What a client that asks now and then gets, while another asks all the time.

use maud::{Markup, html};

use super::{
    Chart, LATENCIES, below_each_other, colour, decade, decades, found, latencies, mark, rows,
    short,
};
use crate::picture::{Scale, line, text};
use crate::report::model::{Latencies, Stage};
use crate::text::{list, time};

/// The left and the right end of the axis.
const EDGES: (f64, f64) = (150.0, 396.0);
const TOP: f64 = 42.0;
const ROW: f64 = 44.0;

/// The chart, or nothing if no quiet client was measured.
pub(crate) fn chart(stages: &[Stage]) -> Option<Chart> {
    let found = found(stages, |stage| stage.quiet.as_ref());
    if found.is_empty() {
        return None;
    }
    let longest =
        found.iter().map(|(_, stage, of)| format!("{} on {}", time(of.max_us), stage.name));
    let longest = list(&longest.collect::<Vec<_>>());
    let notice = format!("The longest that the quiet client waited for a reply: {longest}.");
    let ends = decades(found.iter().flat_map(|(_, _, of)| [of.p50_us, of.max_us]));
    let absent = stages.iter().filter(|stage| stage.quiet.is_none());
    let absent = absent
        .map(|stage| format!("{}: its quiet client got no reply that was measured.", stage.name));
    Some(Chart {
        head: LATENCIES.map(str::to_owned).to_vec(),
        rows: rows(&found, latencies),
        absent: absent.collect(),
        ..Chart::new("quiet", "A quiet client beside a busy one", notice, drawn(stages, ends))
    })
}

fn drawn(stages: &[Stage], (from, until): (i32, i32)) -> (f64, Markup) {
    let scale = Scale { range: (f64::from(from), f64::from(until)), edges: EDGES };
    let (places, bottom) = below_each_other(stages, TOP, ROW);
    let step = if until - from > 4 { 2 } else { 1 };
    let inside = html! {
        (text("note", (4.0, 16.0), "from the middle one (p50) over p99 and p99.9 to the longest"))
        @for exponent in from..=until {
            @let x = scale.at(f64::from(exponent));
            (line("rule", (x, TOP - 10.0), (x, bottom)))
            @if (exponent - from) % step == 0 { (text("middle", (x, bottom + 16.0), &decade(exponent))) }
        }
        (text("note end", (EDGES.1, bottom + 36.0), "time to the reply"))
        @for (number, stage, top) in places {
            g class=(colour(number)) {
                (text("ink", (4.0, top + 22.5), &short(stage)))
                @match &stage.quiet {
                    Some(of) => (row(number, of, &scale, top + 18.0)),
                    None => (text("note", (EDGES.0 + 8.0, top + 22.5), "no reply measured")),
                }
            }
        }
    };
    (bottom + 42.0, inside)
}

/// One stage: a line from the middle reply to the longest, and four marks on it.
fn row(stage: usize, of: &Latencies, scale: &Scale, y: f64) -> Markup {
    let x = |us: f64| scale.at(us.max(f64::MIN_POSITIVE).log10());
    let (left, right) = (x(of.p50_us), x(of.max_us));
    html! {
        (line("curve", (left, y), (right, y)))
        @for (us, size) in [(of.p50_us, 6.0), (of.p99_us, 4.0), (of.p999_us, 4.0), (of.max_us, 4.0)] {
            (mark(stage, (x(us), y), size))
        }
        @if left < right { (text("end", (left - 12.0, y + 4.5), &time(of.p50_us))) }
        (text("", (right + 12.0, y + 4.5), &time(of.max_us)))
    }
}
