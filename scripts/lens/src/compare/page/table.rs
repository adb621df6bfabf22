//! The table: a row for each fact, a column for each stage.

use maud::{Markup, html};

use super::parts::{absent, notice, part, swatch, wide};
use super::steps;
use crate::compare::found::{Cell, Comparison, Row};

/// A text that has more letters is a sentence.
const LONG: usize = 24;

pub(super) fn section(comparison: &Comparison) -> Markup {
    let is_empty = comparison.rows.is_empty() || comparison.stages.is_empty();
    part(
        "table",
        "The stages in figures",
        &html! {
            @if is_empty {
                (absent("No figure was measured."))
            } @else {
                (notice("Open a row to read how its figure was measured.", &steps::TABLE))
                (wide("The figures of all stages", &table(comparison)))
            }
        },
    )
}

fn table(comparison: &Comparison) -> Markup {
    html! {
        table class="facts" {
            thead {
                tr {
                    th scope="col" { "What" }
                    @for (number, stage) in comparison.stages.iter().enumerate() {
                        th scope="col" { (swatch(number)) (stage.name) }
                    }
                }
            }
            tbody { @for of in &comparison.rows { (row(of, comparison.stages.len())) } }
        }
    }
}

fn row(row: &Row, stages: usize) -> Markup {
    let cells = row.cells.iter().map(Some).chain(std::iter::repeat(None)).take(stages);
    html! {
        tr {
            th scope="row" {
                details {
                    summary {
                        (row.name)
                        @if needs_unit(row) { " " span class="unit" { (row.unit) } }
                    }
                    p { (row.how) }
                }
            }
            @for cell in cells { (figure(cell)) }
        }
    }
}

/// Most texts say their unit themselves.
fn needs_unit(row: &Row) -> bool {
    let figures = row.cells.iter().filter(|cell| cell.value.is_some());
    let is_said = |cell: &Cell| cell.text.contains(char::is_alphabetic);
    !row.unit.is_empty() && !figures.into_iter().any(is_said)
}

fn figure(cell: Option<&Cell>) -> Markup {
    html! {
        @match cell {
            Some(Cell { value: Some(value), text }) =>
                td data-value=(value) class=[(text.len() > LONG).then_some("words")] { (text) },
            Some(Cell { value: None, text }) => td class="words" { (text) },
            None => td class="words" { "not measured" },
        }
    }
}
