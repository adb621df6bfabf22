//! What all sections are made of.

use maud::{Markup, html};

use super::steps::Step;

/// A section with a heading.
pub(super) fn part(id: &str, heading: &str, inside: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-heading" } {
            h2 id={ (id) "-heading" } { (heading) }
            (inside)
        }
    }
}

/// What to notice, and where to do it oneself.
pub(super) fn notice(text: &str, steps: &[Step]) -> Markup {
    html! {
        p class="notice" {
            (text) " "
            @for (number, step) in steps.iter().enumerate() {
                @if number > 0 { " · " }
                a class="step" href=(step.href()) { (step.text) }
            }
        }
    }
}

/// A sentence in the place of what is missing.
pub(super) fn absent(text: &str) -> Markup {
    html! { p class="absent" { (text) " " a href="#missing" { "What is missing, and why" } } }
}

/// What may be wider than a phone: it moves in its own box, with the keyboard too.
pub(super) fn wide(label: &str, inside: &Markup) -> Markup {
    html! { div class="wide" role="region" aria-label=(label) tabindex="0" { (inside) } }
}

/// The colour and the shape of a stage.
pub(super) fn swatch(stage: usize) -> Markup {
    html! { span class={ "swatch shape" (stage % 4) " s" (stage % 6) } aria-hidden="true" {} }
}

/// A row of headings for columns.
pub(super) fn head(titles: impl IntoIterator<Item = Markup>) -> Markup {
    html! { thead { tr { @for title in titles { th scope="col" { (title) } } } } }
}
