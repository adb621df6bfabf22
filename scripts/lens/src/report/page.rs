//! A comparison as a page: one HTML file that needs nothing else.
//!
//! What a figure says in words is computed from its data, so that it cannot contradict it. What is missing
//! is a sentence in the place where it would be.

mod charts;
mod diff;
mod flames;
mod parts;
mod requests;
mod steps;
mod table;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::model::{Comparison, Missing, Stage};
use crate::picture::{COLOURS, for_page};
use crate::text::list;

use parts::part;

const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");
/// The browser itself sees to it that the page asks nobody for anything.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The parts of the page, from top to bottom.
const CONTENTS: [(&str, &str); 7] = [
    ("timeline", "Two clients"),
    ("table", "In figures"),
    ("charts", "Under load"),
    ("requests", "One request"),
    ("flames", "Where the time goes"),
    ("lessons", "The lines that differ"),
    ("missing", "What is missing"),
];

/// The page of a comparison, to be kept in a folder beside `labs`.
#[must_use]
pub fn html(comparison: &Comparison) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { (html_head("The stages side by side", STYLE)) }
            body {
                a class="skip" href="#timeline" { "To the timeline" }
                (for_page())
                (head(comparison))
                main {
                    (timeline::section(&comparison.stages))
                    (table::section(comparison))
                    (charts::section(&comparison.stages))
                    (requests::section(&comparison.stages))
                    (flames::section(&comparison.stages))
                    (diff::section(&comparison.lessons))
                    (missing(&comparison.missing))
                }
                (panel())
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// What stands first in each page of the kit: its title, the colours of all pictures, and its own style.
#[must_use]
pub fn html_head(title: &str, style: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta http-equiv="Content-Security-Policy" content=(POLICY);
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        title { (title) }
        style { (PreEscaped(COLOURS)) (PreEscaped(style)) }
    }
}

/// What this is, where it was made, and what there is to see.
fn head(comparison: &Comparison) -> Markup {
    let names: Vec<String> = comparison.stages.iter().map(|stage| stage.name.clone()).collect();
    html! {
        header {
            p class="kit" { "Redis from Scratch" }
            h1 { "The stages side by side" }
            p class="lead" {
                @if names.is_empty() {
                    "No stage could be measured: what is missing, and why, is said below."
                } @else {
                    "The same two clients and the same load against " (list(&names))
                    ": where each of them waits, what that costs, and which lines of code make the difference."
                }
            }
            p class="made" { (comparison.made().join(" ")) }
            ul class="stages" aria-label="The stages, with their colours" {
                @for (number, stage) in comparison.stages.iter().enumerate() { (key(number, stage)) }
            }
            nav aria-label="Contents" {
                ul { @for (id, name) in CONTENTS { li { a href={ "#" (id) } { (name) } } } }
            }
        }
    }
}

fn key(number: usize, stage: &Stage) -> Markup {
    html! {
        li {
            (parts::swatch(number))
            span {
                @match &stage.readme {
                    Some(readme) => a href={ "../" (readme.display()) } { (stage.name) },
                    None => strong { (stage.name) },
                }
                " " span class="note" { (stage.about) }
            }
        }
    }
}

/// Where the script shows what a span is.
fn panel() -> Markup {
    html! {
        aside id="panel" aria-label="Details" hidden {
            button type="button" aria-label="Close the details" { "×" }
            h2 {}
            p {}
            dl {}
        }
    }
}

/// What is not on the page, and why.
fn missing(missing: &[Missing]) -> Markup {
    let list = html! {
        @if missing.is_empty() {
            p { "Nothing: all that was to be measured was measured." }
        } @else {
            ul class="missing" {
                @for Missing { stage, what, why } in missing {
                    li { strong { @if let Some(stage) = stage { (stage) ", " } (what) } ": " (why) }
                }
            }
        }
    };
    part("missing", "What is missing here, and why", &list)
}
