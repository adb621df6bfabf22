//! What a request costs in system calls: alone, and as one of sixteen that come together.

use maud::{Markup, html};

use super::{Chart, Found, below_each_other, colour, found, rows, short};
use crate::picture::{Scale, px, text};
use crate::report::model::{CallsPerRequest, Stage};
use crate::text::{cut, figure, list};

/// The left and the right end of the longest bar.
const EDGES: (f64, f64) = (104.0, 400.0);
const TOP: f64 = 6.0;
const ROW: f64 = 96.0;
const BAR: f64 = 13.0;
/// So many letters have room below a bar.
const LETTERS: usize = 50;
/// The parts of a bar, one paler than the other.
const SHADES: [&str; 4] = ["1", ".62", ".34", ".18"];

/// The chart, or nothing if no calls were counted.
pub(crate) fn chart(stages: &[Stage]) -> Option<Chart> {
    let found = found(stages, |stage| stage.calls.as_ref());
    let sums = found.iter().flat_map(|(_, _, of)| [sum(&of.alone), sum(&of.pipelined)]);
    let longest = sums.reduce(f64::max)?.max(f64::MIN_POSITIVE);
    let scale = Scale { range: (0.0, longest), edges: EDGES };
    let notice = notice(&found);
    let (places, end) = below_each_other(stages, TOP, ROW);
    let inside =
        html! { @for (number, stage, top) in places { (row(number, stage, &scale, top)) } };
    let absent = stages.iter().filter(|stage| stage.calls.is_none());
    Some(Chart {
        head: ["alone", "one of 16"].map(str::to_owned).to_vec(),
        rows: rows(&found, |of| vec![told(&of.alone), told(&of.pipelined)]),
        absent: absent.map(|it| format!("{}: its calls were not counted.", it.name)).collect(),
        ..Chart::new("calls", "System calls a request", notice, (end + 4.0, inside))
    })
}

fn sum(calls: &[(String, f64)]) -> f64 {
    calls.iter().map(|(_, count)| count).sum()
}

/// `recvfrom 1, sendto 1`.
fn told(calls: &[(String, f64)]) -> String {
    let each = calls.iter().map(|(name, count)| format!("{name} {}", count_of(*count)));
    each.collect::<Vec<_>>().join(", ")
}

/// `1` for 1.00: a whole number has no digits behind it.
fn count_of(count: f64) -> String {
    let text = figure(count);
    let Some((whole, rest)) = text.split_once('.') else { return text };
    if rest.bytes().all(|digit| digit == b'0') { whole.to_owned() } else { text }
}

fn row(number: usize, stage: &Stage, scale: &Scale, top: f64) -> Markup {
    html! {
        g class=(colour(number)) {
            (text("ink", (4.0, top + 12.5), &short(stage)))
            @if let Some(calls) = &stage.calls {
                (bar(&calls.alone, scale, top))
                (text("note", (4.0, top + 54.5), "one of 16"))
                (bar(&calls.pipelined, scale, top + 42.0))
            } @else {
                (text("note", (EDGES.0, top + 12.5), "not counted"))
            }
        }
    }
}

/// One bar, a part for each call; its sum behind it, and its calls below.
fn bar(calls: &[(String, f64)], scale: &Scale, top: f64) -> Markup {
    let mut before = 0.0;
    let mut parts = Vec::new();
    for (number, (_, count)) in calls.iter().enumerate() {
        let (left, right) = (scale.at(before), scale.at(before + count));
        let shade = SHADES.get(number).unwrap_or(&".18");
        parts.push((left, (right - 1.0 - left).max(1.0), shade));
        before += count;
    }
    html! {
        @for (left, width, shade) in parts {
            rect class="ink" x=(px(left)) y=(px(top)) width=(px(width)) height=(px(BAR)) opacity=(shade) {}
        }
        (text("", (scale.at(before) + 6.0, top + 11.5), &count_of(before)))
        (text("note", (EDGES.0, top + 30.5), &cut(&told(calls), LETTERS)))
    }
}

fn notice(found: &Found<'_, CallsPerRequest>) -> String {
    let told = |(_, stage, of): &(usize, &Stage, &CallsPerRequest)| {
        let (alone, pipelined) = (count_of(sum(&of.alone)), count_of(sum(&of.pipelined)));
        format!("{alone} to {pipelined} on {}", stage.name)
    };
    let all: Vec<String> = found.iter().map(told).collect();
    format!(
        "From one request alone to sixteen that come together, the calls for each go from {}.",
        list(&all)
    )
}
