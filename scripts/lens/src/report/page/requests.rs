//! The life of one request, on each stage.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, notice, part, swatch, wide};
use super::steps;
use crate::report::model::Stage;
use crate::text::human;
use crate::view::Form;
use crate::view::request::{Request, svg};

pub(super) fn section(stages: &[Stage]) -> Markup {
    let is_empty = stages.iter().all(|stage| stage.request.is_none());
    part(
        "requests",
        "Follow one request",
        &html! {
            @if is_empty {
                (absent("No request was recorded on its way."))
            } @else {
                (notice("One request of the second client, from its own notes over packets and system calls and back.", &steps::REQUEST))
                @for (number, stage) in stages.iter().enumerate() {
                    h3 { (swatch(number)) (stage.name) }
                    @match (&stage.request, &stage.same_as) {
                        (Some(request), _) => {
                            p class="notice" { (told(request)) }
                            (wide(&format!("The life of one request on {}", stage.name), &PreEscaped(svg::draw(request, Form::Inline))))
                        },
                        (None, Some(other)) => p class="absent" {
                            "A request takes the same way as on " (other) "."
                        },
                        (None, None) => (absent(&format!("No request was followed on {}.", stage.name))),
                    }
                }
            }
        },
    )
}

/// Where most of the time went.
fn told(request: &Request) -> String {
    let text = &request.text;
    let total = request.steps.iter().filter_map(|step| step.at_us).max();
    let gaps = request.gaps();
    let longest = request.steps.iter().zip(gaps).filter_map(|(step, gap)| Some((step, gap?)));
    match (total, longest.max_by_key(|(_, gap)| *gap)) {
        (Some(total), Some((step, gap))) => format!(
            "{text} takes {}, and {} of it pass before this: {}.",
            human(total),
            human(gap),
            step.what
        ),
        _ => format!("{text}: no two times of it are known."),
    }
}
