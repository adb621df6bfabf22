//! A chart of lines, one for each stage, with its name at the end.

use plotters::element::PathElement;
use plotters::style::Color;
use plotters::style::text_anchor::HPos;

use super::{Area, Drawn, Failed, Ink, Scale, labels, mark, picture, px, write};

const HEIGHT: u32 = 330;
/// The edges of what is drawn: left, right, top, bottom. At the right is room for names.
const EDGES: [f64; 4] = [70.0, 370.0, 34.0, 276.0];
/// From the name of one line to that of the next.
const LINE: i32 = 16;

/// What stands along one side. Logarithms are taken before.
pub(super) struct Axis {
    /// In what unit.
    pub(super) title: String,
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

/// Draws lines between two axes.
pub(super) fn draw(says: &str, (x, y): (Axis, Axis), lines: &[Line]) -> Result<String, Failed> {
    let [left, right, top, bottom] = EDGES;
    let across = Scale { range: x.range, edges: (left, right) };
    let up = Scale { range: y.range, edges: (bottom, top) };
    picture(HEIGHT, says, |area| {
        axes(area, (&x, &across), (&y, &up))?;
        let place = |at: &(f64, f64)| (across.at(at.0), up.at(at.1));
        for line in lines {
            let way: Vec<(i32, i32)> = line.points.iter().map(place).collect();
            area.draw(&PathElement::new(way, Ink::Stage(line.stage).colour().stroke_width(2)))?;
            for at in &line.marks {
                mark(area, line.stage, place(at), 4)?;
            }
        }
        names(area, lines, &up)
    })
}

fn axes(area: &Area<'_>, (x, across): (&Axis, &Scale), (y, up): (&Axis, &Scale)) -> Drawn {
    let [left, right, top, bottom] = EDGES.map(px);
    write(area, &y.title, (4, 12), HPos::Left, Ink::Note)?;
    write(area, &x.title, (right, bottom + 38), HPos::Right, Ink::Note)?;
    for (value, text) in &x.ticks {
        let place = across.at(*value);
        area.draw(&PathElement::new([(place, top), (place, bottom)], Ink::Grid.colour()))?;
        write(area, text, (place, bottom + 16), HPos::Center, Ink::Text)?;
    }
    for (value, text) in &y.ticks {
        let place = up.at(*value);
        area.draw(&PathElement::new([(left, place), (right, place)], Ink::Grid.colour()))?;
        write(area, text, (left - 8, place), HPos::Right, Ink::Text)?;
    }
    Ok(())
}

/// The name of each line, where it ends.
fn names(area: &Area<'_>, lines: &[Line], up: &Scale) -> Drawn {
    let mut places: Vec<(i32, usize)> = lines
        .iter()
        .enumerate()
        .filter_map(|(number, line)| Some((up.at(line.points.last()?.1), number)))
        .collect();
    labels::apart(&mut places, LINE, px(EDGES[3]));
    let left = px(EDGES[1]) + 9;
    for (y, number) in places {
        if let Some(line) = lines.get(number) {
            write(area, &line.name, (left, y), HPos::Left, Ink::Stage(line.stage))?;
        }
    }
    Ok(())
}
