//! Charts of a comparison: what is drawn, what to notice in it, and its figures.

mod calls;
mod latency;
mod lines;
mod quiet;
mod throughput;

use maud::{Markup, html};

use super::model::{Latencies, Stage};
use crate::picture::{Form, Frame, px};
use crate::text::{cut, time};

pub(super) use calls::chart as calls;
pub(super) use latency::chart as latency;
pub(super) use quiet::chart as quiet;
pub(super) use throughput::chart as throughput;

/// As wide as a chart is. On a phone it is drawn a quarter smaller.
const WIDTH: f64 = 460.0;

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

/// The stages that have something, each with its number, which stands for its colour and its shape.
type Found<'a, T> = Vec<(usize, &'a Stage, &'a T)>;

fn found<'a, T>(stages: &'a [Stage], of: impl Fn(&'a Stage) -> Option<&'a T>) -> Found<'a, T> {
    let each = stages.iter().enumerate();
    each.filter_map(|(number, stage)| Some((number, stage, of(stage)?))).collect()
}

/// The stages below each other from `top` on: the number and the place of each, and where they end.
fn below_each_other(stages: &[Stage], top: f64, row: f64) -> (Vec<(usize, &Stage, f64)>, f64) {
    let mut end = top;
    let place = |(number, stage)| {
        end += row;
        (number, stage, end - row)
    };
    (stages.iter().enumerate().map(place).collect(), end)
}

impl Chart {
    /// A chart without figures, so high, with this inside.
    fn new(id: &str, title: &str, notice: String, (height, inside): (f64, Markup)) -> Self {
        let frame = Frame { form: Form::Chart, id, size: (WIDTH, height), title, desc: &notice };
        let (svg, title) = (frame.draw(&inside), title.to_owned());
        Self { title, svg, notice, head: Vec::new(), rows: Vec::new(), absent: Vec::new() }
    }
}

/// A line for each stage: its name, and these figures.
fn rows<T>(found: &Found<'_, T>, figures: impl Fn(&T) -> Vec<String>) -> Vec<Vec<String>> {
    let row =
        |(_, stage, of): &(usize, &Stage, &T)| [vec![stage.name.clone()], figures(of)].concat();
    found.iter().map(row).collect()
}

/// The figures of latencies, and what stands above them.
const LATENCIES: [&str; 4] = ["p50", "p99", "p99.9", "longest"];

fn latencies(of: &Latencies) -> Vec<String> {
    [of.p50_us, of.p99_us, of.p999_us, of.max_us].map(time).to_vec()
}

/// Marks a point, with a shape of the stage: they are told apart without colours, too.
fn mark(stage: usize, (x, y): (f64, f64), size: f64) -> Markup {
    let corners = match stage % 4 {
        0 => return html! { circle class="ink" cx=(px(x)) cy=(px(y)) r=(px(size)) {} },
        1 => vec![(-size, -size), (size, -size), (size, size), (-size, size)],
        2 => vec![(0.0, -size - 1.0), (size + 1.0, size), (-size - 1.0, size)],
        _ => vec![(0.0, -size - 2.0), (size + 2.0, 0.0), (0.0, size + 2.0), (-size - 2.0, 0.0)],
    };
    let corners = corners.iter().map(|(dx, dy)| (x + dx, y + dy));
    html! { polygon class="ink" points=(points(corners)) {} }
}

/// Places, as SVG has them.
fn points(places: impl Iterator<Item = (f64, f64)>) -> String {
    let each = places.map(|(x, y)| format!("{},{}", px(x), px(y)));
    each.collect::<Vec<_>>().join(" ")
}

/// The class that has the colour of a stage.
fn colour(stage: usize) -> String {
    format!("s{}", stage % 6)
}

/// `lab 1` for `lab1-blocking`, or the name of another server.
fn short(stage: &Stage) -> String {
    let digit = stage.name.strip_prefix("lab").and_then(|rest| rest.chars().next());
    match digit.filter(char::is_ascii_digit) {
        Some(digit) => format!("lab {digit}"),
        None => cut(&stage.name, 14),
    }
}

/// A power of ten, in microseconds: `10 µs`, `1 ms`.
fn decade(exponent: i32) -> String {
    match exponent {
        ..3 => format!("{} µs", 10_f64.powi(exponent)),
        3..6 => format!("{} ms", 10_f64.powi(exponent - 3)),
        _ => format!("{} s", 10_f64.powi(exponent - 6)),
    }
}

/// The powers of ten around all of these.
#[expect(clippy::cast_possible_truncation, reason = "a float has few hundred powers of ten")]
fn decades(values: impl Iterator<Item = f64>) -> (i32, i32) {
    let logs: Vec<f64> = values.filter(|value| *value > 0.0).map(f64::log10).collect();
    let lowest = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if lowest > highest {
        return (0, 1);
    }
    let (from, until) = (lowest.floor() as i32, highest.ceil() as i32);
    (from, until.max(from + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_reach_around_all() {
        assert_eq!(decades([52.0, 4_100.0].into_iter()), (1, 4));
        assert_eq!(decades(std::iter::empty()), (0, 1));
        assert_eq!([1, 3, 6].map(decade), ["10 µs", "1 ms", "1 s"]);
    }
}
