//! The life of a request as a picture: its stations on one line, and below it the same time to scale.

use maud::{Markup, html};

use super::super::picture::{Form, float, letters, picture, px};
use super::text::millis;
use super::{Request, Source, Step};
use crate::text::human;

/// The whole picture, in pixels.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 308.0;
/// The first and the last station.
const EDGES: (f64, f64) = (66.0, 894.0);
/// The line of the stations.
const LINE: f64 = 112.0;
/// The bar that is to scale.
const BAR: f64 = 226.0;

/// Draws the way of a request.
#[must_use]
pub fn draw(request: &Request, form: Form) -> String {
    let Request { server, client, number, text, .. } = request;
    let title = format!("The life of one request on {server}: {text}");
    let desc = words(request);
    let places = places(request.steps.len());
    let clocks = request.clocks.sentences();
    let inside = html! {
        text class="title" x="16" y="36" { (title) }
        text class="note" x="16" y="60" { "Request " (number) " of client " (client) ". The stations are not to scale, the bar below them is." }
        line class="way" x1=(px(EDGES.0)) x2=(px(EDGES.1)) y1=(px(LINE)) y2=(px(LINE)) {}
        @for (place, left, gap) in gaps(request, &places) {
            text class=(if is_longest(request, gap) { "strong middle" } else { "small middle" })
                x=(px(f64::midpoint(left, place))) y=(px(LINE - 14.0)) { (human(gap)) }
        }
        @for (step, x) in request.steps.iter().zip(&places) { (station(step, *x, form)) }
        (bar(request))
        @for (line, y) in clocks.iter().zip([276.0, 296.0]) {
            text class="small" x="16" y=(px(y)) { (line) }
        }
    };
    let id = format!("request-{server}");
    picture(form, (WIDTH, HEIGHT), (&id, &title, &desc), &inside)
}

fn places(count: usize) -> Vec<f64> {
    let last = u32::try_from(count.saturating_sub(1)).unwrap_or(1).max(1);
    (0..=last)
        .map(|place| EDGES.0 + (EDGES.1 - EDGES.0) * f64::from(place) / f64::from(last))
        .collect()
}

/// The time between two stations whose time is known, with the places of both: the later, the earlier.
fn gaps(request: &Request, places: &[f64]) -> Vec<(f64, f64, i64)> {
    let mut last = EDGES.0;
    let mut all = Vec::new();
    for ((step, gap), place) in request.steps.iter().zip(request.gaps()).zip(places) {
        all.extend(gap.map(|gap| (*place, last, gap)));
        if step.at_us.is_some() {
            last = *place;
        }
    }
    all
}

fn is_longest(request: &Request, gap: i64) -> bool {
    request.gaps().into_iter().flatten().max() == Some(gap)
}

fn station(step: &Step, x: f64, form: Form) -> Markup {
    let at = step.at_us.map_or_else(|| "not recorded".to_owned(), millis);
    let source = step.source.name();
    let words = format!("{}: {at}, {source}. {}", step.what, step.detail);
    let is_reached = form == Form::Inline;
    let look = match (step.at_us, step.source) {
        (None, _) => "dashed",
        (_, Source::Packet) => "open",
        _ => "solid",
    };
    let color =
        if step.source == Source::Call || step.source == Source::Nobody { "nobody" } else { "c1" };
    html! {
        g class={ "span " (color) } tabindex=[is_reached.then_some("0")] role=[is_reached.then_some("img")]
            aria-label=[is_reached.then_some(&words)] data-source=[is_reached.then_some(source)]
            data-at-us=[step.at_us.filter(|_| is_reached)] {
            title { (words) }
            rect class=(look) x=(px(x - 8.0)) y=(px(LINE - 8.0)) width="16" height="16"
                rx=(if step.source == Source::Packet { "2" } else { "8" }) {}
            @for (line, y) in lines(step.what).iter().zip([LINE + 28.0, LINE + 44.0]) {
                text class="middle strong" x=(px(x)) y=(px(y)) { (line) }
            }
            text class="small middle" x=(px(x)) y=(px(LINE + 64.0)) { (at) }
            text class="small middle" x=(px(x)) y=(px(LINE + 80.0)) {
                @if step.source == Source::Nobody { "no call" } @else { (source) }
            }
        }
    }
}

/// A few words on two lines.
fn lines(what: &str) -> Vec<String> {
    const LONGEST: usize = 14;
    let mut lines = vec![String::new()];
    for word in what.split(' ') {
        let is_full = lines.last().is_some_and(|line| line.chars().count() + word.len() >= LONGEST);
        if is_full && lines.len() < 2 {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Where the time has gone, to scale: what comes before each step whose time is known.
fn bar(request: &Request) -> Markup {
    let total = request.steps.iter().filter_map(|step| step.at_us).max().unwrap_or(0).max(1);
    let (left, right) = (16.0, WIDTH - 16.0);
    let x = |us: i64| left + (right - left) * float(us.clamp(0, total)) / float(total);
    let mut from = 0;
    let mut parts = Vec::new();
    for step in &request.steps {
        let Some(at) = step.at_us else { continue };
        parts.push((step, x(from), x(at)));
        from = at.max(from);
    }
    html! {
        text class="small" x="16" y=(px(BAR - 8.0)) { "To scale: " (millis(total)) " until the reply is here" }
        @for (step, from, until) in parts.iter().filter(|(_, from, until)| until > from) {
            g class=(if step.source == Source::Call { "nobody" } else { "c1" }) {
                rect class=(part(step)) x=(px(*from)) y=(px(BAR)) width=(px(until - from)) height="24" {}
                @if let Some(text) = meaning(step).into_iter().find(|text| text.chars().count() <= letters(until - from - 10.0)) {
                    text class=(if part(step) == "hatch" { "strong halo" } else { "strong halo-tint" }) x=(px(from + 6.0)) y=(px(BAR + 16.5)) { (text) }
                }
            }
        }
    }
}

/// How the time before a step looks.
fn part(step: &Step) -> &'static str {
    match (step.source, step.what) {
        (Source::Call, "the server answers") => "solid",
        (Source::Call, _) => "rest part",
        _ => "open",
    }
}

/// What happens before a step, in words of different length.
fn meaning(step: &Step) -> [&'static str; 2] {
    match step.what {
        "the server accepts" => {
            ["in the queue of the kernel: the server does not accept", "in the queue"]
        }
        "the server has read it" => ["in the receive buffer: the server does not read", "unread"],
        "the server answers" => ["parsed, carried out", "parsed"],
        "the client sends" => ["", ""],
        _ => ["on the way", "way"],
    }
}

/// The picture in words.
fn words(request: &Request) -> String {
    let step = |step: &Step| {
        let at = step.at_us.map_or_else(|| "not recorded".to_owned(), millis);
        format!("{} ({at})", step.what)
    };
    request.steps.iter().map(step).collect::<Vec<_>>().join(", ") + "."
}
