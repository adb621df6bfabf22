//! Charts of a comparison, as SVG that takes its colours from the page it stands in.
//!
//! Plotters knows colours, and no CSS. So it draws with colours that are only names ([`Ink`]), and each is
//! replaced by a variable of the page: one drawing for light, dark and paper.

pub(super) mod calls;
mod labels;
pub(super) mod latency;
mod lines;
pub(super) mod quiet;
pub(super) mod throughput;

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, TextStyle};

use super::model::Stage;

pub(super) use labels::list;

/// As wide as a chart is. On a phone it is drawn a quarter smaller.
const WIDTH: u32 = 460;
/// Plotters counts the size of a font differently: this is 13 pixels, about.
const LETTERS: u32 = 16;
/// After so many stages, the colours begin again.
const COLOURS: usize = 6;

/// A chart, with all that is told about it.
pub(super) struct Chart {
    /// What it is called.
    pub(super) title: String,
    /// The picture.
    pub(super) svg: String,
    /// What to notice, from the figures.
    pub(super) notice: String,
    /// The figures: what stands above each column.
    pub(super) head: Vec<String>,
    /// The figures, a line for each stage.
    pub(super) rows: Vec<Vec<String>>,
    /// What is not drawn, and why, in sentences.
    pub(super) absent: Vec<String>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failed = DrawingAreaErrorKind<std::io::Error>;
type Drawn = Result<(), Failed>;

/// What something is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    /// What is read.
    Text,
    /// What is read besides.
    Note,
    /// Lines to read along.
    Grid,
    /// The stage with this number.
    Stage(usize),
}

impl Ink {
    /// The colour that stands for it until the page gives it one.
    fn colour(self) -> RGBColor {
        let number = match self {
            Self::Text => 0xf1,
            Self::Note => 0xf2,
            Self::Grid => 0xf3,
            Self::Stage(stage) => u8::try_from(stage % COLOURS).unwrap_or(0),
        };
        RGBColor(1, 2, number)
    }

    /// The variable of the page.
    fn variable(self) -> String {
        match self {
            Self::Text => "var(--text)".to_owned(),
            Self::Note => "var(--note)".to_owned(),
            Self::Grid => "var(--line)".to_owned(),
            Self::Stage(stage) => format!("var(--s{stage})"),
        }
    }
}

/// From values, or from their logarithms, to places.
struct Scale {
    range: (f64, f64),
    edges: (f64, f64),
}

impl Scale {
    fn at(&self, value: f64) -> i32 {
        let part = (value - self.range.0) / (self.range.1 - self.range.0);
        px(self.edges.0 + part.clamp(0.0, 1.0) * (self.edges.1 - self.edges.0))
    }
}

/// Draws a chart. `says` is for those who do not see it.
fn picture(
    height: u32,
    says: &str,
    draw: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<String, Failed> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        draw(&area)?;
        area.present()?;
    }
    let stages = (0..COLOURS).map(Ink::Stage);
    for ink in [Ink::Text, Ink::Note, Ink::Grid].into_iter().chain(stages) {
        let RGBColor(r, g, b) = ink.colour();
        svg = svg.replace(&format!("#{r:02X}{g:02X}{b:02X}"), &ink.variable());
    }
    let says = maud::html! { (says) }.into_string();
    Ok(svg.replacen(
        "<svg ",
        &format!("<svg class=\"chart\" role=\"img\" aria-label=\"{says}\" "),
        1,
    ))
}

/// Writes a text: `at` is its left, its middle or its right.
fn write(area: &Area<'_>, text: &str, at: (i32, i32), side: HPos, ink: Ink) -> Drawn {
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(LETTERS), FontStyle::Normal);
    let place = Pos::new(side, VPos::Center);
    area.draw(&Text::new(
        text.to_owned(),
        at,
        TextStyle::from(font).color(&ink.colour()).pos(place),
    ))
}

/// Marks a point, with a shape of the stage: they are told apart without colours, too.
fn mark(area: &Area<'_>, stage: usize, (x, y): (i32, i32), size: i32) -> Drawn {
    let style = Ink::Stage(stage).colour().filled();
    let corners = match stage % 4 {
        0 => return area.draw(&Circle::new((x, y), size, style)),
        1 => vec![(-size, -size), (size, -size), (size, size), (-size, size)],
        2 => vec![(0, -size - 1), (size + 1, size), (-size - 1, size)],
        _ => vec![(0, -size - 2), (size + 2, 0), (0, size + 2), (-size - 2, 0)],
    };
    let corners: Vec<(i32, i32)> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
    area.draw(&Polygon::new(corners, style))
}

/// `lab 1` for `lab1-blocking`, or the name of another server.
fn short(stage: &Stage) -> String {
    let digit = stage.name.strip_prefix("lab").and_then(|rest| rest.chars().next());
    match digit.filter(char::is_ascii_digit) {
        Some(digit) => format!("lab {digit}"),
        None => crate::text::cut(&stage.name, 14),
    }
}

/// A pixel.
#[expect(clippy::cast_possible_truncation, reason = "some hundred pixels")]
fn px(length: f64) -> i32 {
    length.round().clamp(-9_999.0, 9_999.0) as i32
}
