//! A chart of lines, one for each stage, with its name at the end.

use maud::{Markup, html};

use super::{colour, mark, points};
use crate::picture::{Scale, line, text};

const HEIGHT: f64 = 330.0;
/// The edges of what is drawn: left, right, top, bottom. At the right is room for names.
const EDGES: [f64; 4] = [70.0, 370.0, 34.0, 276.0];
/// From the name of one line to that of the next.
const LINE: f64 = 16.0;

/// What stands along one side. Logarithms are taken before.
pub(super) struct Axis {
    /// In what unit.
    pub(super) title: &'static str,
    /// From where to where.
    pub(super) range: (f64, f64),
    /// What stands where.
    pub(super) ticks: Vec<(f64, String)>,
}

/// A line.
pub(super) struct Line {
    /// Of which stage.
    pub(super) stage: usize,
    /// What stands at its end.
    pub(super) name: String,
    /// Where it goes along.
    pub(super) points: Vec<(f64, f64)>,
    /// The points with a mark.
    pub(super) marks: Vec<(f64, f64)>,
}

/// Draws lines between two axes: how high it is, and the drawing.
pub(super) fn draw((x, y): (Axis, Axis), lines: &[Line]) -> (f64, Markup) {
    let [left, right, top, bottom] = EDGES;
    let across = Scale { range: x.range, edges: (left, right) };
    let up = Scale { range: y.range, edges: (bottom, top) };
    let place = |at: &(f64, f64)| (across.at(at.0), up.at(at.1));
    let inside = html! {
        (text("note", (4.0, 16.0), y.title))
        (text("note end", (right, bottom + 42.0), x.title))
        @for (value, words) in &x.ticks {
            (line("rule", (across.at(*value), top), (across.at(*value), bottom)))
            (text("middle", (across.at(*value), bottom + 20.0), words))
        }
        @for (value, words) in &y.ticks {
            (line("rule", (left, up.at(*value)), (right, up.at(*value))))
            (text("end", (left - 8.0, up.at(*value) + 4.5), words))
        }
        @for of in lines {
            g class=(colour(of.stage)) {
                polyline class="curve" points=(points(of.points.iter().map(place))) {}
                @for at in &of.marks { (mark(of.stage, place(at), 4.0)) }
            }
        }
        (names(lines, &up))
    };
    (HEIGHT, inside)
}

/// The name of each line, where it ends.
fn names(lines: &[Line], up: &Scale) -> Markup {
    let ends = lines.iter().filter_map(|line| Some((up.at(line.points.last()?.1), line)));
    let names = apart(ends.collect(), LINE, EDGES[3]);
    html! {
        @for (y, line) in names {
            g class=(colour(line.stage)) { (text("ink", (EDGES[1] + 9.0, y + 4.5), &line.name)) }
        }
    }
}

/// Moves labels that stand below each other apart, and keeps them above `bottom`.
fn apart<T>(mut places: Vec<(f64, T)>, distance: f64, bottom: f64) -> Vec<(f64, T)> {
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = f64::MIN;
    for (y, _) in &mut places {
        *y = y.max(least);
        least = *y + distance;
    }
    let mut most = bottom;
    for (y, _) in places.iter_mut().rev() {
        *y = y.min(most);
        most = *y - distance;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_lie_on_each_other_are_moved_apart() {
        let places = apart(vec![(50.0, 'a'), (48.0, 'b'), (97.0, 'c'), (99.0, 'd')], 10.0, 100.0);
        let places: Vec<String> = places.iter().map(|(y, name)| format!("{name}{y}")).collect();
        assert_eq!(places, ["b48", "a58", "c90", "d100"]);
    }
}
