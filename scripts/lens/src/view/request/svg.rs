//! The way of a request as a picture: its steps on one line, and below them the same time to scale, as a
//! timeline draws it.

use maud::{Markup, html};

use super::{Request, Source, Step};
use crate::picture::{Form, Frame, Scale, float, line, px, text};
use crate::text::{human, millis, wrap};
use crate::view::timeline::svg::{View, colour_of, shape};
use crate::view::timeline::{Span, SpanKind};

/// The whole picture, in pixels.
const SIZE: (f64, f64) = (960.0, 308.0);
/// The first and the last step.
const EDGES: (f64, f64) = (66.0, 894.0);
/// The line of the steps.
const LINE: f64 = 112.0;
/// The bar that is to scale.
const BAR: f64 = 226.0;
/// A few words below a step have lines of so many letters.
const LETTERS: usize = 14;

/// Draws the way of a request.
#[must_use]
pub fn draw(request: &Request, form: Form) -> String {
    let Request { server, client, number, text: asked, .. } = request;
    let title = format!("One request on its way through {server}: {asked}");
    let about = format!(
        "Request {number} of client {client}. The steps are not to scale; the bar below them is."
    );
    let places: Vec<f64> = (0..request.steps.len()).map(|step| place(step, request)).collect();
    let inside = html! {
        (text("title", (16.0, 36.0), &title))
        (text("note", (16.0, 60.0), &about))
        (line("way", (EDGES.0, LINE), (EDGES.1, LINE)))
        (gaps(request, &places))
        @for (of, x) in request.steps.iter().zip(&places) { (step(of, *x, form)) }
        (bar(request))
        @for (sentence, y) in request.clocks.sentences().iter().zip([276.0, 296.0]) {
            (text("small", (16.0, y), sentence))
        }
    };
    let in_words = request.steps.iter().map(|step| format!("{} ({})", step.what, at(step)));
    let desc = in_words.collect::<Vec<_>>().join(", ") + ".";
    let id = format!("request-{server}");
    Frame { form, id: &id, size: SIZE, title: &title, desc: &desc }.draw(&inside)
}

fn place(step: usize, request: &Request) -> f64 {
    let last = float(request.steps.len() - 1).max(1.0);
    Scale { range: (0.0, last), edges: EDGES }.at(float(step))
}

fn at(step: &Step) -> String {
    step.at_us.map_or_else(|| "not recorded".to_owned(), millis)
}

/// The time between two steps whose time is known, in the middle between them.
fn gaps(request: &Request, places: &[f64]) -> Markup {
    let longest = request.longest().map(|(gap, _)| gap);
    let mut last = EDGES.0;
    let mut labels = Vec::new();
    for ((step, gap), x) in request.steps.iter().zip(request.gaps()).zip(places) {
        if let Some(us) = gap {
            let class = if gap == longest { "strong middle" } else { "small middle" };
            labels.push(text(class, (f64::midpoint(last, *x), LINE - 14.0), &human(us)));
        }
        last = if step.at_us.is_some() { *x } else { last };
    }
    html! { @for label in labels { (label) } }
}

fn step(step: &Step, x: f64, form: Form) -> Markup {
    let (source, at) = (step.source.as_ref(), at(step));
    let words = format!("{}: {at}, {source}. {}", step.what, step.detail);
    let is_reached = form == Form::Inline;
    let (shape, radius) = match (step.at_us, step.source) {
        (None, _) => ("dashed", "8"),
        (_, Source::Packet) => ("open", "2"),
        _ => ("solid", "8"),
    };
    let is_server = matches!(step.source, Source::Call | Source::Nobody);
    html! {
        g class={ "span " (if is_server { "nobody" } else { "c1" }) } tabindex=[is_reached.then_some("0")]
            role=[is_reached.then_some("img")] aria-label=[is_reached.then_some(&words)]
            data-source=[is_reached.then_some(source)] data-at-us=[step.at_us.filter(|_| is_reached)] {
            title { (words) }
            rect class=(shape) x=(px(x - 8.0)) y=(px(LINE - 8.0)) width="16" height="16" rx=(radius) {}
            @for (line, y) in wrap(step.what, LETTERS, "").iter().zip([LINE + 28.0, LINE + 44.0]) {
                (text("middle strong", (x, y), line))
            }
            (text("small middle", (x, LINE + 64.0), &at))
            (text("small middle", (x, LINE + 80.0), if step.source == Source::Nobody { "no call" } else { source }))
        }
    }
}

/// Where the time has gone, to scale.
fn bar(request: &Request) -> Markup {
    let spans = request.spans();
    let total = spans.last().map_or(1, Span::end_us).max(1);
    let view = View { from_us: 0, until_us: total, edges: (16.0, SIZE.0 - 16.0), least: 1.0 };
    let about = format!("To scale: {} until the reply is here", millis(total));
    // The second client has the second colour, as in a timeline.
    let clients = [String::new(), request.client.clone()];
    let colour = |kind| if kind == SpanKind::Awake { None } else { Some(request.client.as_str()) };
    html! {
        (text("small", (16.0, BAR - 8.0), &about))
        @for span in &spans {
            g class=(colour_of(colour(span.kind), &clients)) { (shape(span, 24.0, &view, BAR)) }
        }
    }
}
