//! A class as a page: one HTML file that needs nothing else, for a screen, a projector and paper.

mod matrix;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Class, Column, Held, LabResults};
use crate::results::Verdict;

/// The colours of all pages of the kit, light and dark.
const COLOURS: &str = include_str!("../../../lens/src/picture/colours.css");
const STYLE: &str = include_str!("page/style.css");
/// The browser itself sees to it that the page asks nobody for anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page of a class.
#[must_use]
pub fn page(class: &Class) -> String {
    let title = title(class);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(COLOURS)) (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p class="kit" { "Redis from Scratch" }
                    h1 { (title) }
                    @for lab in &class.labs { (summary(lab)) }
                    nav aria-label="Contents" { ul {
                        li { a href="#believes" { "What the class believes" } }
                        @for LabResults { lab, .. } in &class.labs {
                            li { a href={ "#steps-" (lab) } { "Steps of " (lab) } }
                            li { a href={ "#students-" (lab) } { "Students in " (lab) } }
                        }
                    } }
                }
                main {
                    (believes(class))
                    @for lab in &class.labs { (hard_steps(lab)) (matrix::section(lab)) }
                }
            }
        }
    };
    page.into_string()
}

/// What this is: `lab1 and lab2: 40 students`
fn title(class: &Class) -> String {
    let labs: Vec<&str> = class.labs.iter().map(|lab| lab.lab.as_str()).collect();
    format!("{}: {}", labs.join(" and "), count(class.students, "student", "students"))
}

/// A number and what it counts.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A lab in a sentence.
fn summary(lab: &LabResults) -> Markup {
    let all = lab.rows.len();
    let (passed, unknown) = (lab.count(Verdict::Passed), lab.count(Verdict::Unknown));
    html! {
        p class="lead" {
            strong { (lab.lab) } ": " (passed) " of " (all) " passed all steps. The median is " (lab.median())
            " of " (lab.of()) " points."
            @if unknown > 0 {
                " " (count(unknown, "result", "results")) " could not be judged whole: that is neither a pass nor a failure."
            }
        }
        p class="made" { "Judged by version " (lab.kits.join(", ")) " of the kit." }
    }
}

/// The misconceptions, the most frequent first.
fn believes(class: &Class) -> Markup {
    html! {
        section id="believes" {
            h2 { "What the class believes" }
            @if class.held.is_empty() {
                p { "No answer and no step shows a misconception." }
            } @else {
                p class="hint" {
                    "A wrong prediction or a step that fails can show what a student believes. A student counts once."
                }
                ol class="held" { @for held in &class.held { (misconception(held, class.students)) } }
            }
        }
    }
}

fn misconception(held: &Held, students: usize) -> Markup {
    let Held { name, says, students: holders, by_prediction, steps, refuted } = held;
    let steps: Vec<String> = steps.iter().map(|(lab, step)| format!("{lab} {step}")).collect();
    html! {
        li {
            p class="belief" {
                @if let Some(says) = says { q { (says) } " " }
                code { (name) }
            }
            (share(*holders, students))
            dl {
                dt { "Shown by" }
                dd {
                    @if *by_prediction > 0 {
                        "wrong answers of " (count(*by_prediction, "student", "students"))
                    }
                    @if *by_prediction > 0 && !steps.is_empty() { "; " }
                    @if !steps.is_empty() { "failed steps: " (steps.join(", ")) }
                }
                @if !refuted.read.is_empty() {
                    dt { "Refuted by" }
                    dd { @for read in &refuted.read { code { (read) } " " } }
                }
                @if !refuted.commands.is_empty() {
                    dt { "Show in class" }
                    dd { @for command in &refuted.commands { code { (command) } " " } }
                }
            }
        }
    }
}

/// A part of the class: as words, and as a bar that says the same.
fn share(part: usize, all: usize) -> Markup {
    let percent = part * 100 / all.max(1);
    html! {
        p class="share" {
            span class="words" { (part) " of " (all) }
            span class="bar" aria-hidden="true" { span style={ "width:" (percent) "%" } {} }
        }
    }
}

/// The steps that students fail, the hardest first.
fn hard_steps(lab: &LabResults) -> Markup {
    let mut hard: Vec<&Column> = lab.columns.iter().filter(|step| step.failed > 0).collect();
    hard.sort_by_key(|step| std::cmp::Reverse(step.failed));
    html! {
        section id={ "steps-" (lab.lab) } {
            h2 { "Which steps of " (lab.lab) " most students fail" }
            @if hard.is_empty() {
                p { "No server fails a step." }
            } @else {
                div class="wide" { table class="steps" {
                    thead { tr {
                        th scope="col" { "Step" }
                        @for head in ["fail", "pass", "not tried", "unknown"] { th scope="col" { (head) } }
                    } }
                    tbody { @for step in hard {
                        tr {
                            th scope="row" {
                                (step.number) ". " (step.title) " " code { (step.name) }
                            }
                            td { (share(step.failed, lab.rows.len())) }
                            @for count in [step.passed, step.not_tried, step.unknown] { td { (count) } }
                        }
                    } }
                } }
                p class="hint" { "A step that needs one that fails is not tried." }
            }
        }
    }
}
