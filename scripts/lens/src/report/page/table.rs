//! The table: a row for each fact, a column for each stage. What few readers need is folded.

use maud::{Markup, html};

use super::parts::{absent, head, notice, part, swatch, wide};
use super::steps;
use crate::report::model::{Cell, Comparison, Row};
use crate::text::counted;

pub(super) fn section(comparison: &Comparison) -> Markup {
    let is_empty = comparison.rows.is_empty() || comparison.stages.is_empty();
    let details = comparison.details();
    let figures = html! {
        @if is_empty {
            (absent("No figure was measured."))
        } @else {
            (notice("Open a row to read how its figure was measured.", &steps::TABLE))
            (wide("The figures of all stages", &table(comparison, false)))
            @for fate in comparison.fates() { p class="fate" { "* " (fate) } }
            @if details > 0 {
                details class="more" {
                    summary { (counted(details, "more row")) }
                    (wide("More figures of all stages", &table(comparison, true)))
                }
            }
        }
    };
    part("table", "The stages in figures", &figures)
}

/// The details, or the other rows.
fn table(comparison: &Comparison, is_detail: bool) -> Markup {
    let stages = comparison.stages.iter().enumerate();
    let titles = stages.map(|(number, stage)| html! { (swatch(number)) (stage.short) });
    let count = comparison.stages.len();
    html! {
        table class="facts" {
            (head([html! { "What" }].into_iter().chain(titles)))
            @for (group, rows) in comparison.groups(Some(is_detail)) {
                tbody {
                    tr class="group" { th scope="rowgroup" colspan=(count + 1) { (group) } }
                    @for of in rows { (row(of, count)) }
                }
            }
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
            @for cell in cells {
                @match cell {
                    Some(of @ Cell { value: Some(value), .. }) => td data-value=(value) { (of.shown()) },
                    Some(of) => td class="words" { (of.shown()) },
                    None => td class="words" { "not measured" },
                }
            }
        }
    }
}

/// Most texts say their unit themselves.
fn needs_unit(row: &Row) -> bool {
    let mut figures = row.cells.iter().filter(|cell| cell.value.is_some());
    !row.name.contains(&row.unit) && !figures.any(|cell| cell.text.contains(char::is_alphabetic))
}
