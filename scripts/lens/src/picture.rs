//! How all pictures are drawn: as SVG, of a few shapes. Their colours stand in `picture/colours.css` and
//! nowhere else, so that one drawing is for the light, for the dark and for paper.

use codec::printable::several_lines;
use maud::{Markup, PreEscaped, html};

/// The colours, for pictures and for the page.
pub(crate) const COLOURS: &str = include_str!("picture/colours.css");
const SHAPES: &str = include_str!("picture/shapes.css");

/// For whom a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A part of a page, which has the style and the patterns once: its spans can be reached with the keyboard and be
    /// read by scripts.
    Inline,
    /// A part of a page, which has the style once. Nothing in it can be reached.
    Chart,
    /// A file of its own, for a README.
    File,
}

/// The frame of a picture, with what it says to those who do not see it.
pub(crate) struct Frame<'a> {
    pub(crate) form: Form,
    /// One of a page.
    pub(crate) id: &'a str,
    /// Width and height, in pixels.
    pub(crate) size: (f64, f64),
    pub(crate) title: &'a str,
    pub(crate) desc: &'a str,
}

impl Frame<'_> {
    /// The whole picture.
    pub(crate) fn draw(&self, inside: &Markup) -> String {
        let Self { form, id, size, title, desc } = self;
        let (title_id, desc_id) = (format!("{id}-title"), format!("{id}-desc"));
        let (width, height) = (px(size.0), px(size.1));
        let role = if *form == Form::Inline { "group" } else { "img" };
        let class = if *form == Form::Chart { "chart" } else { id };
        let picture = html! {
            svg xmlns="http://www.w3.org/2000/svg" class={ "lens " (class) } role=(role)
                viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
                aria-labelledby={ (title_id) " " (desc_id) } {
                title id=(title_id) { (title) }
                desc id=(desc_id) { (desc) }
                @if *form == Form::File {
                    style { (PreEscaped(COLOURS)) }
                    (style_and_patterns())
                }
                rect class="page" width=(width) height=(height) {}
                (inside)
            }
        };
        let head = match form {
            Form::File => {
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Made by lens: do not edit by hand. -->\n"
            }
            Form::Inline | Form::Chart => "",
        };
        // XML has no control characters, and a name from a recording may have some.
        let picture = several_lines(&picture.into_string());
        // A line for each part, so that a change of the picture can be read as a diff.
        head.to_owned() + &picture.replace("<g ", "\n<g ").replace("</svg>", "\n</svg>\n")
    }
}

/// What all pictures of a page share; it takes no room.
pub(crate) fn for_page() -> Markup {
    html! {
        svg class="lens" width="0" height="0" style="position:absolute" aria-hidden="true" { (style_and_patterns()) }
    }
}

/// Hatching and dots tell what colours tell. A pattern has no colour of the one who uses it, so there is
/// one for each client.
fn style_and_patterns() -> Markup {
    html! {
        style { (PreEscaped(SHAPES)) }
        defs {
            @for number in 0..6 {
                pattern id={ "hatch" (number) } class={ "c" (number) } width="7" height="7"
                    patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect class="paper" width="7" height="7" {}
                    rect class="ink" width="2.4" height="7" {}
                }
                pattern id={ "dots" (number) } class={ "c" (number) } width="5" height="5"
                    patternUnits="userSpaceOnUse" {
                    rect class="tint" width="5" height="5" {}
                    circle class="ink" cx="2.5" cy="2.5" r="0.9" opacity=".6" {}
                }
            }
        }
    }
}

/// From values to places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// The lowest and the highest value.
    pub(crate) range: (f64, f64),
    /// Where they are, in pixels.
    pub(crate) edges: (f64, f64),
}

impl Scale {
    /// The place of a value. What is beyond an end is at that end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let part = (value - self.range.0) / (self.range.1 - self.range.0);
        self.edges.0 + part.clamp(0.0, 1.0) * (self.edges.1 - self.edges.0)
    }
}

/// A distance of ticks that makes up to six of them in a length: 1, 2 or 5 and zeros.
pub(crate) fn tick(length: i64) -> i64 {
    let tens = std::iter::successors(Some(1), |ten: &i64| ten.checked_mul(10));
    let mut steps = tens.flat_map(|ten| [ten, 2 * ten, 5 * ten]);
    steps.find(|step| length / step < 6).unwrap_or(length)
}

/// The values at which there is a tick.
pub(crate) fn ticks(from: i64, until: i64) -> impl Iterator<Item = i64> {
    let every = tick(until - from);
    let first = -(-from).div_euclid(every);
    (first..).map(move |tick| tick * every).take_while(move |tick| *tick <= until)
}

/// How wide a bold letter of 13 px is, in pixels, with some air.
pub(crate) const LETTER: f64 = 7.4;

/// A length in a picture.
pub(crate) fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A number to multiply. Of microseconds, half an hour is enough for a picture.
pub(crate) fn float(number: impl TryInto<i32>) -> f64 {
    f64::from(number.try_into().unwrap_or(i32::MAX))
}

/// A text from this place on; with the class `middle` or `end`, around it or up to it.
pub(crate) fn text(class: &str, (x, y): (f64, f64), words: &str) -> Markup {
    html! { text class=(class) x=(px(x)) y=(px(y)) { (words) } }
}

/// A rectangle, by its upper left corner and its size.
pub(crate) fn rect(class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) -> Markup {
    html! { rect class=(class) x=(px(x)) y=(px(y)) width=(px(width)) height=(px(height)) {} }
}

/// A line across or up.
pub(crate) fn line(class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Markup {
    html! { line class=(class) x1=(px(x1)) y1=(px(y1)) x2=(px(x2)) y2=(px(y2)) {} }
}
