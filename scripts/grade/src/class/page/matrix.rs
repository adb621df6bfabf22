//! The students and the steps of a lab, as a table of marks.

use maud::{Markup, html};

use crate::class::{LabResults, Row};
use crate::results::{StepVerdict, word};

/// All verdicts, as the key of the table shows them.
const KEY: [StepVerdict; 6] = [
    StepVerdict::Passed,
    StepVerdict::Failed,
    StepVerdict::Unknown,
    StepVerdict::Skipped,
    StepVerdict::NotTried,
    StepVerdict::NotBegun,
];

/// The table of a lab, with a key.
pub(super) fn section(lab: &LabResults) -> Markup {
    let has_tasks = lab.rows.iter().any(|row| row.marks.contains(&Some(StepVerdict::NotBegun)));
    let key = KEY.into_iter().filter(|verdict| has_tasks || *verdict != StepVerdict::NotBegun);
    let has_predictions = lab.rows.iter().any(|row| row.result.predictions.is_some());
    html! {
        section id={ "students-" (lab.lab) } {
            h2 { "Who passed what of " (lab.lab) }
            p class="key" { @for verdict in key { span { (mark(Some(verdict))) " " (word(verdict)) } " " } }
            div class="wide" { table class="matrix" {
                thead { tr {
                    th scope="col" { "Student" }
                    th scope="col" { "Points" }
                    @if has_predictions { th scope="col" { "Predicted right" } }
                    @for step in &lab.columns {
                        th scope="col" class="mark" title=(step.title) { (step.number) }
                    }
                } }
                tbody { @for row in &lab.rows { (student(row, has_predictions)) } }
                tfoot { tr {
                    th scope="row" { "Passed by" }
                    td {}
                    @if has_predictions { td {} }
                    @for step in &lab.columns { td class="mark" { (step.passed) } }
                } }
            } }
            h3 { "The steps" }
            ol class="titles" {
                @for step in &lab.columns { li value=(step.number) { (step.title) " " code { (step.name) } } }
            }
        }
    }
}

fn student(row: &Row, has_predictions: bool) -> Markup {
    let result = &row.result;
    html! {
        tr {
            th scope="row" { (row.student) }
            td { (result.points) " of " (result.of) }
            @if has_predictions {
                td {
                    @if let Some(it) = &result.predictions { (it.right) " of " (it.right + it.wrong) }
                    @else { "none" }
                }
            }
            @for verdict in &row.marks {
                td class="mark" { (mark(*verdict)) span class="alt" { (verdict.map_or("no such step", word)) } }
            }
        }
    }
}

/// A mark: its shape tells the verdicts apart, and its colour says the same once more.
fn mark(verdict: Option<StepVerdict>) -> Markup {
    let (class, shape) = match verdict {
        Some(StepVerdict::Passed) => ("passed", "✓"),
        Some(StepVerdict::Failed) => ("failed", "✗"),
        Some(StepVerdict::Unknown) => ("unknown", "?"),
        Some(StepVerdict::Skipped) => ("skipped", "~"),
        Some(StepVerdict::NotTried) => ("untried", "–"),
        Some(StepVerdict::NotBegun) => ("untried", "·"),
        None => ("none", ""),
    };
    html! { span class=(class) aria-hidden="true" { (shape) } }
}
