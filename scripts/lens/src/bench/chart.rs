//! The chart: CPU a request, of each load and server, as an SVG.
//!
//! A request of a pipeline costs a hundredth of one that stands alone. So each load has a scale of its
//! own, on which redis-server is 1 (without it, the first server), and each bar says what it is in µs.

use maud::{Markup, html};

use super::report::{Report, Row, SERVERS, measured};
use crate::picture::{Form, Frame, Scale, line, rect, text};
use crate::text::figure;

const WIDTH: f64 = 960.0;
/// Where the bars begin; left of it stands what the load is. How long a bar of 1 is.
const LEFT: f64 = 330.0;
const UNIT: f64 = 300.0;
/// The longest bar: what is more than that is cut, and its figure says so.
const LONGEST: f64 = 1.6;
const TOP: f64 = 96.0;
const BAR: f64 = 18.0;
/// Between the bars of two loads.
const GAP: f64 = 18.0;
/// A bar that is shorter has its figure behind it.
const ROOM: f64 = 90.0;
/// The colours of the servers, which are those of the stages in a comparison.
const COLOURS: [&str; SERVERS.len()] = ["s4", "s2", "s3", "s1", "s0"];

/// Its name, and the class of its colour.
type Server = (&'static str, &'static str);

/// Draws the loads of a report.
#[must_use]
pub fn svg(report: &Report) -> String {
    let measured = measured(&report.cpu, &SERVERS);
    let servers = SERVERS.into_iter().zip(COLOURS);
    let servers: Vec<Server> = servers.filter(|(name, _)| measured.contains(name)).collect();
    let base = if report.machine.redis_server.is_some() { "redis" } else { "lab3" };
    let note = format!(
        "each load on a scale of its own: the line is {base}; the figures are µs, medians of {}",
        report.rounds
    );
    let machine = &report.machine;
    let place = format!("{}, {} cores; {}", machine.cpu, machine.cores, machine.date);
    let mut end = TOP;
    let mut groups = Vec::new();
    for row in &report.cpu {
        groups.push(group(row, end, &servers));
        end = servers.iter().fold(end + GAP, |y, _| y + BAR);
    }
    let title = "CPU of the server a request";
    let inside = html! {
        (text("title", (20.0, 36.0), title))
        (text("small", (20.0, 62.0), &note))
        (legend(&servers))
        (line("zero", (LEFT + UNIT, TOP - 6.0), (LEFT + UNIT, end - GAP + 4.0)))
        @for group in groups { (group) }
        (text("small", (20.0, end + 14.0), &place))
    };
    Frame { form: Form::File, id: "bench", size: (WIDTH, end + 40.0), title, desc: &note }
        .draw(&inside)
}

fn legend(servers: &[Server]) -> Markup {
    let places = std::iter::successors(Some(LEFT), |x| Some(x + 110.0));
    html! {
        @for ((name, colour), x) in servers.iter().zip(places) {
            g class=(colour) { (rect("solid", (x, 72.0), (12.0, 12.0))) }
            (text("", (x + 18.0, 82.5), name))
        }
    }
}

/// The bars of one load.
fn group(row: &Row, top: f64, servers: &[Server]) -> Markup {
    let base = servers.iter().find_map(|(name, _)| row.figure(name));
    let base = base.map_or(1.0, |spread| spread.median).max(f64::MIN_POSITIVE);
    let scale = Scale { range: (0.0, LONGEST), edges: (0.0, LONGEST * UNIT) };
    let places = std::iter::successors(Some(top), |y| Some(y + BAR));
    html! {
        (text("end", (LEFT - 12.0, top + 2.0 * BAR + 3.5), &row.about))
        @for ((name, colour), y) in servers.iter().zip(places) {
            @if let Some(spread) = row.figure(name) {
                @let (share, words) = (spread.median / base, format!("{} µs", figure(spread.median)));
                @let (length, cut) = (scale.at(share), if share > LONGEST { " (cut)" } else { "" });
                @let (class, x) = if length < ROOM { ("small", length + 6.0) } else { ("small on-solid", 8.0) };
                g class=(colour) {
                    (rect("solid", (LEFT, y), (length, BAR - 2.0)))
                    (text(class, (LEFT + x, y + 12.5), &(words + cut)))
                }
            }
        }
    }
}
