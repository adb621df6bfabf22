//! Timelines as a picture: at the left the whole run, at the right, enlarged, the moment when the second
//! client gets its reply. Everything is to scale; what would be too narrow to see is drawn wider, which
//! the picture says.

mod lanes;
mod zoom;

use maud::{Markup, html};

use super::{Facts, Lane, LaneKind, Span, Timeline, legend, whole_run};
use crate::picture::{Form, Frame, float, line, px, text, ticks};
use crate::text::{human, letters, rounded};

pub(in crate::view) use lanes::{View, colour_of, shape};

/// The whole picture, in pixels.
const WIDTH: f64 = 960.0;
/// The left and the right edge of the whole run.
const RUN: (f64, f64) = (124.0, 600.0);
/// The place of the first server, and the distance from one to the next.
const TOP: f64 = 122.0;
const HEADER: f64 = 26.0;
const FOOTER: f64 = 34.0;
/// Where the sentence beside the name of a server begins: behind the longest name.
const BESIDE: f64 = 200.0;
/// The distance from lane to lane.
const GAP: f64 = 4.0;

/// Draws timelines below each other, on one axis.
#[must_use]
pub fn draw(timelines: &[Timeline], form: Form) -> String {
    let Some(first) = timelines.first() else { return String::new() };
    let Some((from_us, until_us)) = whole_run(timelines) else { return String::new() };
    let run = View { from_us, until_us, edges: RUN, least: 3.0 };
    let length_us = zoom::length_us(timelines);
    let views = |timeline| (run, zoom::view(timeline, length_us));
    let mut top = TOP;
    let mut stages = Vec::new();
    for timeline in timelines {
        let (drawn, bottom) = stage(timeline, views(timeline), top, form);
        stages.push(drawn);
        top = bottom + FOOTER;
    }
    let title = title(first, timelines);
    let inside = html! {
        (text("title", (16.0, 36.0), &title))
        (head(first, views(first)))
        @for stage in &stages { (stage) }
        (below(views(first), top))
    };
    let words: Vec<String> = timelines
        .iter()
        .map(|timeline| format!("{}: {}.", timeline.server, timeline.facts.sentences().join("; ")))
        .collect();
    let size = (WIDTH, top + 76.0);
    Frame { form, id: "timeline", size, title: &title, desc: &words.join(" ") }.draw(&inside)
}

fn title(first: &Timeline, timelines: &[Timeline]) -> String {
    let Facts { first: holds, second, .. } = &first.facts;
    if timelines.iter().all(|timeline| timeline.scenario == "two-clients") {
        format!("Where is {second} while {holds} is connected and silent?")
    } else {
        first.about.clone()
    }
}

/// What happens in all of them, and the axis.
fn head(first: &Timeline, (run, zoom): (View, View)) -> Markup {
    let second = &first.facts.second;
    let length = human(zoom.until_us - zoom.from_us);
    let enlarged = format!("enlarged: {length} around {second}'s reply");
    let times = format!("×{:.0}", run.us_per_px() / zoom.us_per_px());
    let label = |us: i64| if us == 0 { format!("{second} connects") } else { human(us) };
    html! {
        (text("note", (16.0, 60.0), &format!("{}.", first.about)))
        (text("strong", (RUN.0, 90.0), "the whole run"))
        (text("strong", (zoom.edges.0, 90.0), &enlarged))
        (text("small end", (zoom.edges.1, 90.0), &times))
        @for tick in ticks(run.from_us, run.until_us) {
            (text("small middle", (run.x(tick), 110.0), &label(tick)))
        }
    }
}

/// One server: its name, what to notice, its lanes; and where they end.
fn stage(timeline: &Timeline, (run, zoom): (View, View), top: f64, form: Form) -> (Markup, f64) {
    let first = top + HEADER;
    let mut bottom = first;
    let mut rows = Vec::new();
    for lane in &timeline.lanes {
        rows.push((lane, bottom));
        bottom += lanes::height(lane.kind) + GAP;
    }
    let sentences = timeline.facts.sentences();
    let sentence = |place: usize| sentences.get(place).map_or("", String::as_str);
    let drawn = html! {
        g class="stage" data-server=(timeline.server) {
            (text("head", (16.0, top + 14.0), &timeline.server))
            (text("strong", (BESIDE, top + 14.0), sentence(0)))
            @for tick in ticks(run.from_us, run.until_us) {
                (line(if tick == 0 { "zero" } else { "grid" }, (run.x(tick), first - 3.0), (run.x(tick), bottom)))
            }
            (zoom::panel(&run, &zoom, (first, bottom)))
            @for (lane, y) in &rows {
                @let class = if lane.kind == LaneKind::Client { "strong" } else { "small" };
                (text(class, (16.0, y + lanes::height(lane.kind) / 2.0 + 4.5), &lane.name))
                @for span in lanes::in_order(lane) { (one(timeline, (lane, span), *y, (&run, &zoom), form)) }
            }
        }
        (text("small", (RUN.0, bottom + 13.0), sentence(1)))
    };
    (drawn, bottom)
}

/// A span: once in the whole run, and once enlarged if it is in that part.
fn one(
    timeline: &Timeline,
    (lane, span): (&Lane, &Span),
    y: f64,
    (run, zoom): (&View, &View),
    form: Form,
) -> Markup {
    let words = words(timeline, lane, span);
    let class = format!("span {}", colour_of(span.client.as_deref(), &timeline.clients()));
    let height = lanes::height(lane.kind);
    let shapes = html! {
        title { (words) }
        (shape(span, height, run, y))
        @if zoom.shows(span) { (shape(span, height, zoom, y)) }
    };
    if form == Form::File {
        return html! { g class=(class) { (shapes) } };
    }
    html! {
        g class=(class) tabindex="0" role="img" aria-label=(words) data-server=(timeline.server)
            data-lane=(lane.kind.as_ref()) data-client=(span.client.as_deref().unwrap_or_default())
            data-kind=(span.kind.as_ref()) data-start-us=(span.start_us)
            data-duration-us=(span.duration_us) data-call=(span.call) data-bytes=(span.bytes) { (shapes) }
    }
}

/// A span in words: which, what, how long, since when.
fn words(timeline: &Timeline, lane: &Lane, span: &Span) -> String {
    let (start, duration) = (human(span.start_us), human(span.end_us() - span.start_us));
    let (server, second) = (&timeline.server, &timeline.facts.second);
    let (name, text) = (&lane.name, span.full());
    format!(
        "{server}, {name}: {text}. {duration}, from {start} after {second} asked for a connection."
    )
}

/// What the shapes mean, and how exact they are.
fn below((run, zoom): (View, View), top: f64) -> Markup {
    let mut x = 16.0;
    let mut entries = Vec::new();
    for (kind, client, words) in legend() {
        entries.push((kind.look().shape, if client { "c1" } else { "nobody" }, words, x));
        x += 46.0 + 5.7 * float(letters(words));
    }
    let pixel = |view: View| human(rounded(view.us_per_px()));
    let scale = format!(
        "To scale: a pixel is {} at the left, {} where it is enlarged. What is shorter than 3 pixels (there: 1.5) is drawn so wide all the same.",
        pixel(run),
        pixel(zoom)
    );
    let made = "Made from recordings: the clients' own notes and the server's system calls (strace, which makes each call slower), joined by connection.";
    html! {
        @for (shape, client, words, x) in entries {
            g class=(client) {
                rect class=(shape) x=(px(x)) y=(px(top)) width="18" height="13" rx="2" {}
                (text("small", (x + 24.0, top + 11.0), words))
            }
        }
        (text("small", (16.0, top + 36.0), &scale))
        (text("small", (16.0, top + 56.0), made))
    }
}
