//! The heart of the page: two clients on one time axis, on each stage.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, list, notice, part, wide};
use super::steps;
use crate::report::model::{Comparison, Stage};
use crate::text::human;
use crate::view::Form;
use crate::view::timeline::{Facts, Timeline, svg};

pub(super) fn section(comparison: &Comparison) -> Markup {
    let stages = &comparison.stages;
    let timelines: Vec<Timeline> =
        stages.iter().filter_map(|stage| stage.timeline.clone()).collect();
    let picture = svg::draw(&timelines, Form::Inline);
    let without = stages.iter().filter(|stage| stage.timeline.is_none());
    part(
        "timeline",
        "Two clients, one time axis",
        &html! {
            @if timelines.is_empty() {
                (absent("No run of two clients was recorded."))
            } @else {
                (notice(&told(&timelines), &steps::TIMELINE))
                p class="hint" {
                    "Point at a span, tap it, or go through them with Tab and the arrow keys: its call, its duration and its bytes appear. "
                    a href="#table" { "Go on to the figures" }
                }
                (wide("Timelines of all stages", &PreEscaped(picture)))
                (facts(stages))
                @for stage in without {
                    @match &stage.same_as {
                        Some(other) => p class="absent" {
                            (stage.name) " has no timeline here: it looks like that of " (other) "."
                        },
                        None => (absent(&format!("{} has no timeline here.", stage.name))),
                    }
                }
            }
        },
    )
}

/// The figures of the timelines, for those who cannot see them.
fn facts(stages: &[Stage]) -> Markup {
    html! {
        details {
            summary { "The same in words" }
            ul {
                @for timeline in stages.iter().filter_map(|stage| stage.timeline.as_ref()) {
                    li data-facts=(timeline.server) data-first-reply-us=[timeline.facts.first_reply_us]
                        data-held-while-waiting-us=(timeline.facts.held_while_waiting_us) {
                        strong { (timeline.server) } ": " (timeline.facts.sentences().join(". ")) "."
                    }
                }
            }
        }
    }
}

/// Who makes the guest wait for the host, and who does not, by what was recorded.
fn told(timelines: &[Timeline]) -> String {
    let (waiting, served): (Vec<&Timeline>, Vec<&Timeline>) =
        timelines.iter().partition(|of| is_held(&of.facts));
    let mut sentences = Vec::new();
    if let Some(Facts { host, guest, .. }) = waiting.first().map(|of| &of.facts) {
        let (on, takes) = (each(&waiting, |of| of.server.clone()), each(&waiting, reply));
        let held = each(&waiting, |of| shown(of.facts.held_while_waiting_us));
        sentences.push(format!(
            "On {on}, {guest}'s first reply takes {takes}: {host} holds the server for {held} of it."
        ));
    }
    if let Some(Facts { host, guest, .. }) = served.first().map(|of| &of.facts) {
        let (on, takes) = (each(&served, |of| of.server.clone()), each(&served, reply));
        let is_there = served.iter().all(|of| of.facts.host_left_us > of.facts.first_reply_us);
        let meanwhile =
            if is_there { format!(", while {host} is still connected") } else { String::new() };
        sentences.push(format!("On {on}, {guest}'s first reply takes {takes}{meanwhile}."));
    }
    sentences.join(" ")
}

/// Whether it was the host that most of the waiting was for.
fn is_held(facts: &Facts) -> bool {
    facts.first_reply_us.is_none_or(|us| facts.held_while_waiting_us > us / 2)
}

fn each(timelines: &[&Timeline], told: impl Fn(&Timeline) -> String) -> String {
    list(&timelines.iter().map(|of| told(of)).collect::<Vec<_>>())
}

fn reply(of: &Timeline) -> String {
    of.facts.first_reply_us.map_or_else(|| "for ever".to_owned(), shown)
}

fn shown(us: u64) -> String {
    human(i64::try_from(us).unwrap_or(i64::MAX))
}
