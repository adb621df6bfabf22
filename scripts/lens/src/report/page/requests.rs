//! One request on its way, on each stage.

use maud::{Markup, PreEscaped, html};

use super::parts::{absent, notice, part, swatch, wide};
use super::steps;
use crate::report::model::Stage;
use crate::text::human;
use crate::view::Form;
use crate::view::request::{Request, svg};

pub(super) fn section(stages: &[Stage]) -> Markup {
    let is_empty = stages.iter().all(|stage| stage.request.is_none());
    let about = "One request of the second client, from its own notes over packets and system calls and back.";
    let requests = html! {
        @if is_empty {
            (absent("No request was recorded on its way."))
        } @else {
            (notice(about, &steps::REQUEST))
            @for (number, stage) in stages.iter().enumerate() {
                h3 { (swatch(number)) (stage.name) }
                (one(stage))
            }
        }
    };
    part("requests", "Follow one request", &requests)
}

fn one(stage: &Stage) -> Markup {
    let label = format!("One request on its way through {}", stage.name);
    html! {
        @match (&stage.request, &stage.same_as) {
            (Some(request), _) => {
                p class="notice" { (told(request)) }
                (wide(&label, &PreEscaped(svg::draw(request, Form::Inline))))
            },
            (None, Some(other)) => p class="absent" { "A request takes the same way as on " (other) "." },
            (None, None) => (absent(&format!("No request was followed on {}.", stage.name))),
        }
    }
}

/// Where most of the time went.
fn told(request: &Request) -> String {
    let text = &request.text;
    let total = request.steps.iter().filter_map(|step| step.at_us).max();
    let (Some(total), Some((gap, step))) = (total, request.longest()) else {
        return format!("{text}: no two times of it are known.");
    };
    let (total, gap) = (human(total), human(gap));
    format!("{text} takes {total}, and {gap} of it pass before this: {}.", step.what)
}
