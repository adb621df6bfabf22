//! The heart of the page: two clients on one time axis, on each stage.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, notice, part, wide};
use super::steps;
use crate::report::model::Stage;
use crate::text::{human, list};
use crate::view::Form;
use crate::view::timeline::{Facts, Timeline, svg};

/// The film of labs 1 and 3 that comes with the kit. The page lies in a folder beside this one.
const FILM: &str = "../images/two-clients.html";

pub(super) fn section(stages: &[Stage]) -> Markup {
    let timelines: Vec<Timeline> =
        stages.iter().filter_map(|stage| stage.timeline.clone()).collect();
    let picture = svg::draw(&timelines, Form::Inline);
    let without = stages.iter().filter(|stage| stage.timeline.is_none());
    let inside = html! {
        @if timelines.is_empty() {
            (absent("No run of two clients was recorded."))
        } @else {
            (notice(&told(&timelines), &steps::TIMELINE))
            p class="hint" {
                "Point at a span, tap it, or go through them with Tab and the arrow keys: its call, its duration and its bytes appear. "
                a href="#table" { "Go on to the figures" }
            }
            (wide("Timelines of all stages", &PreEscaped(picture)))
            (facts(&timelines))
            p {
                "Which line of each server sleeps, and where are the bytes meanwhile? "
                a href=(FILM) { "A film of labs 1 and 3" } " shows it, from the recordings of the kit."
            }
            @for Stage { name, same_as, .. } in without {
                @match same_as {
                    Some(other) => p class="absent" { (name) " has no timeline here: it looks like that of " (other) "." },
                    None => (absent(&format!("{name} has no timeline here."))),
                }
            }
        }
    };
    part("timeline", "Two clients, one time axis", &inside)
}

/// The figures of the timelines, for those who cannot see them.
fn facts(timelines: &[Timeline]) -> Markup {
    html! {
        details {
            summary { "The same in words" }
            ul {
                @for Timeline { server, facts, .. } in timelines {
                    li { strong { (server) } ": " (facts.sentences().join(". ")) "." }
                }
            }
        }
    }
}

/// Which server makes the second client wait for the first, and which does not, by what was recorded.
fn told(timelines: &[Timeline]) -> String {
    let (waiting, served): (Vec<&Timeline>, Vec<&Timeline>) =
        timelines.iter().partition(|of| is_held(&of.facts));
    let mut sentences = Vec::new();
    if let Some(Facts { first, .. }) = waiting.first().map(|of| &of.facts) {
        let held = each(&waiting, |of| human(of.facts.held_while_waiting_us));
        sentences.push(format!("{}: {first} holds the server for {held} of it.", reply(&waiting)));
    }
    if let Some(Facts { first, .. }) = served.first().map(|of| &of.facts) {
        let is_there = served.iter().all(|of| of.facts.first_left_us > of.facts.first_reply_us);
        let while_there = format!(", while {first} is still connected");
        let meanwhile = if is_there { while_there.as_str() } else { "" };
        sentences.push(format!("{}{meanwhile}.", reply(&served)));
    }
    sentences.join(" ")
}

/// Whether most of the waiting was for the first client.
fn is_held(facts: &Facts) -> bool {
    facts.first_reply_us.is_none_or(|us| facts.held_while_waiting_us > us / 2)
}

/// `On lab3-multiclient, B's first reply takes 2.0 ms`.
fn reply(timelines: &[&Timeline]) -> String {
    let second = timelines.first().map_or("", |of| of.facts.second.as_str());
    let on = each(timelines, |of| of.server.clone());
    let takes =
        each(timelines, |of| of.facts.first_reply_us.map_or_else(|| "for ever".to_owned(), human));
    format!("On {on}, {second}'s first reply takes {takes}")
}

fn each(timelines: &[&Timeline], told: impl Fn(&Timeline) -> String) -> String {
    list(&timelines.iter().map(|of| told(of)).collect::<Vec<_>>())
}
