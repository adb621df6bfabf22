//! The table: a row for each fact, a column for each stage.

use maud::{Markup, html};

use super::parts::{absent, notice, part, swatch, wide};
use super::steps;
use crate::report::model::{Cell, Comparison, Row};
use crate::report::table::{cell as shown, fates};

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
                @for fate in fates(comparison) { p class="fate" { "* " (fate) } }
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
                        th scope="col" { (swatch(number)) (stage.short) }
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
    let is_named = row.name.contains(&row.unit);
    !is_named && !figures.into_iter().any(is_said)
}

fn figure(cell: Option<&Cell>) -> Markup {
    html! {
        @match cell {
            Some(of @ Cell { value: Some(value), .. }) => td data-value=(value) { (shown(of)) },
            Some(of @ Cell { value: None, .. }) => td class="words" { (shown(of)) },
            None => td class="words" { "not measured" },
        }
    }
}
