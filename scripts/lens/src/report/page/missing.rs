//! What is not on the page, and why.

use maud::{Markup, html};

use super::parts::part;
use crate::report::model::Comparison;

pub(super) fn section(comparison: &Comparison) -> Markup {
    part(
        "missing",
        "What is missing here, and why",
        &html! {
            @if comparison.missing.is_empty() {
                p { "Nothing: all that was to be measured was measured." }
            } @else {
                ul class="missing" {
                    @for missing in &comparison.missing {
                        li {
                            strong { @if let Some(stage) = &missing.stage { (stage) ", " } (missing.what) }
                            ": " (missing.why)
                        }
                    }
                }
            }
        },
    )
}
