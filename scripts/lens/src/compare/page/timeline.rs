//! The heart of the page: two clients on one time axis, on each stage.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, list, notice, part, wide};
use super::steps;
use crate::compare::found::{Comparison, Stage};
use crate::compare::timeline::{Facts, Timeline, svg};
use crate::compare::{Form, human};

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
                @for stage in without { (absent(&format!("{} has no timeline here.", stage.name))) }
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
    let waits = |facts: &Facts| {
        facts.held_while_waiting_us * 2 > facts.first_reply_us.unwrap_or(u64::MAX / 2)
    };
    let of = |is_waiting: bool| timelines.iter().filter(move |of| waits(&of.facts) == is_waiting);
    let Some(Timeline { facts: Facts { host, guest, .. }, .. }) = timelines.first() else {
        return String::new();
    };
    let shown = |us: u64| human(i64::try_from(us).unwrap_or(i64::MAX));
    let reply = |of: &Timeline| {
        let after = of
            .facts
            .first_reply_us
            .map_or_else(|| "never".to_owned(), |us| format!("after {}", shown(us)));
        format!("{after} on {}", of.server)
    };
    let waiting: Vec<String> = of(true)
        .map(|of| {
            format!(
                "{}, of which {host} held the server for {}",
                reply(of),
                shown(of.facts.held_while_waiting_us)
            )
        })
        .collect();
    let served: Vec<String> = of(false).map(reply).collect();
    let mut sentences = Vec::new();
    if !waiting.is_empty() {
        sentences.push(format!("{guest} has its first reply {}.", list(&waiting)));
    }
    if !served.is_empty() {
        let it = if waiting.is_empty() {
            format!("{guest} has its first reply")
        } else {
            "It has it".to_owned()
        };
        sentences.push(format!("{it} {}, whatever {host} does.", list(&served)));
    }
    sentences.join(" ")
}
