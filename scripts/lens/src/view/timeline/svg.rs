//! Timelines as a picture: at the left the whole run, at the right a magnifying glass on the moment when
//! the second client gets its reply. Everything is to scale; what would be too narrow to see is drawn
//! wider, which the picture says.

mod glass;
mod lanes;

use maud::{Markup, html};

use super::super::picture::{Form, float, picture, px};
use super::{LaneKind, Timeline, ticks};
use crate::text::human;

use glass::Glass;

/// The whole picture, in pixels.
const WIDTH: f64 = 960.0;
/// The left and the right edge of the whole run, and of the glass.
const RUN: (f64, f64) = (124.0, 600.0);
const GLASS: (f64, f64) = (628.0, 944.0);
/// The place of the first server, and the distance from one to the next.
const TOP: f64 = 122.0;
const HEADER: f64 = 26.0;
const FOOTER: f64 = 34.0;
/// Where the sentence beside the name of a server begins: behind the longest name.
const BESIDE: f64 = 200.0;
/// The distance from lane to lane.
const GAP: f64 = 4.0;

/// From times to places: `from_us` is at the left edge.
#[derive(Debug, Clone, Copy)]
struct Scale {
    from_us: i64,
    until_us: i64,
    edges: (f64, f64),
    /// What is narrower is drawn so wide.
    least: f64,
}

impl Scale {
    fn us_per_px(&self) -> f64 {
        float(self.until_us - self.from_us) / (self.edges.1 - self.edges.0)
    }

    fn x(&self, us: i64) -> f64 {
        let us = us.clamp(self.from_us, self.until_us);
        self.edges.0 + float(us - self.from_us) / self.us_per_px()
    }
}

/// Draws timelines below each other, on one axis.
#[must_use]
pub fn draw(timelines: &[Timeline], form: Form) -> String {
    let Some(run) = whole_run(timelines) else { return String::new() };
    let glass = Glass::new(timelines);
    let mut top = TOP;
    let mut stages = Vec::new();
    for timeline in timelines {
        stages.push(stage(timeline, (run, glass), top, form));
        top += height(timeline);
    }
    let inside = html! {
        (head(timelines, &run, glass))
        @for stage in &stages { (stage) }
        (legend(&run, glass, top))
    };
    let words: Vec<String> = timelines
        .iter()
        .map(|timeline| format!("{}: {}.", timeline.server, timeline.facts.sentences().join("; ")))
        .collect();
    let title = title(timelines);
    picture(form, (WIDTH, top + 76.0), ("timeline", &title, &words.join(" ")), &inside)
}

fn whole_run(timelines: &[Timeline]) -> Option<Scale> {
    let from_us = timelines.iter().map(|timeline| timeline.window.0).min()?;
    let until_us = timelines.iter().map(|timeline| timeline.window.1).max()?;
    Some(Scale { from_us, until_us, edges: RUN, least: 3.0 })
}

fn title(timelines: &[Timeline]) -> String {
    let first = timelines.first();
    let is_known = timelines.iter().all(|timeline| timeline.scenario == "two-clients");
    match first {
        Some(first) if !is_known => first.about.clone(),
        Some(Timeline { facts, .. }) => {
            format!("Where is {} while {} is connected and silent?", facts.guest, facts.host)
        }
        None => String::new(),
    }
}

fn height(timeline: &Timeline) -> f64 {
    let lanes: f64 = timeline.lanes.iter().map(|lane| lanes::height(lane.kind) + GAP).sum();
    HEADER + lanes + FOOTER
}

/// The title, and the axis.
fn head(timelines: &[Timeline], run: &Scale, glass: Glass) -> Markup {
    let first = timelines.first();
    let about = first.map_or("", |timeline| timeline.about.as_str());
    let guest = first.map_or("", |timeline| timeline.facts.guest.as_str());
    let wider = run.us_per_px() / glass.us_per_px();
    let length = human(glass.length_us());
    html! {
        text class="title" x="16" y="36" { (title(timelines)) }
        text class="note" x="16" y="60" { (about) "." }
        text class="strong" x=(px(RUN.0)) y="90" { "the whole run" }
        text class="strong" x=(px(GLASS.0)) y="90" { "a glass: " (length) " around " (guest) "'s reply" }
        text class="small end" x=(px(GLASS.1)) y="90" { "×" (px(wider.round())) }
        @for tick in ticks(run.from_us, run.until_us) {
            text class="small middle" x=(px(run.x(tick))) y="110" {
                @if tick == 0 { (guest) " connects" } @else { (human(tick)) }
            }
        }
    }
}

/// One server: its name, what to notice, its lanes.
fn stage(timeline: &Timeline, (run, glass): (Scale, Glass), top: f64, form: Form) -> Markup {
    let lens = glass.scale(timeline);
    let first = top + HEADER;
    let mut y = first;
    let mut rows = Vec::new();
    for lane in &timeline.lanes {
        rows.push((lane, y));
        y += lanes::height(lane.kind) + GAP;
    }
    let bottom = y;
    let sentences = timeline.facts.sentences();
    html! {
        g class="stage" data-server=(timeline.server) {
            text class="head" x="16" y=(px(top + 14.0)) { (timeline.server) }
            text class="strong" x=(px(BESIDE)) y=(px(top + 14.0)) { (sentences.first().map_or("", String::as_str)) }
            @for tick in ticks(run.from_us, run.until_us) {
                line class=(if tick == 0 { "zero" } else { "grid" }) x1=(px(run.x(tick))) x2=(px(run.x(tick)))
                    y1=(px(first - 3.0)) y2=(px(bottom)) {}
            }
            (glass::panel(&run, &lens, (first, bottom)))
            @for (lane, y) in &rows {
                @let middle = y + lanes::height(lane.kind) / 2.0 + 4.5;
                text class=(if lane.kind == LaneKind::Client { "strong" } else { "small" }) x="16" y=(px(middle)) { (lane.name) }
                @for span in lanes::in_order(lane) {
                    (lanes::span(timeline, (lane, span), *y, (&run, &lens), form))
                }
            }
        }
        @if let Some(second) = sentences.get(1) {
            text class="small" x=(px(RUN.0)) y=(px(bottom + 13.0)) { (second) }
        }
    }
}

fn legend(run: &Scale, glass: Glass, top: f64) -> Markup {
    let entries = [
        ("c1", "open", "connects", 54.0),
        ("c1", "hatch", "waits", 32.0),
        ("c1", "solid", "is served, the thread is awake for it", 206.0),
        ("c1", "line", "silent", 32.0),
        ("c1", "dots", "kept by the kernel", 106.0),
        ("c1", "rest", "asleep", 40.0),
        ("nobody", "solid", "awake for no client", 110.0),
    ];
    let mut x = 16.0;
    let mut places = Vec::new();
    for (client, class, text, width) in entries {
        places.push((client, class, text, x));
        x += width + 46.0;
    }
    let in_run = human(px_us(run.us_per_px()));
    let in_glass = human(px_us(glass.us_per_px()));
    html! {
        @for (client, class, text, x) in places {
            g class=(client) {
                rect class=(class) x=(px(x)) y=(px(top)) width="18" height="13" rx="2" {}
                text class="small" x=(px(x + 24.0)) y=(px(top + 11.0)) { (text) }
            }
        }
        text class="small" x="16" y=(px(top + 36.0)) {
            "To scale: a pixel is " (in_run) " at the left, " (in_glass) " in the glass. What is shorter than 3 pixels (1.5 in the glass) is drawn so wide all the same."
        }
        text class="small" x="16" y=(px(top + 56.0)) {
            "Made from recordings: the clients' own notes and the server's system calls (strace, which makes each call slower), joined by connection."
        }
    }
}

/// A time that is a number, rounded.
fn px_us(us: f64) -> i64 {
    format!("{us:.0}").parse().unwrap_or(0)
}
