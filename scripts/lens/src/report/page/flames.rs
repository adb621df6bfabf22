//! Flame graphs. Each is a picture of its own: their scripts and names cannot get in each other's way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use super::parts::{absent, notice, part, swatch, wide};
use super::steps;
use crate::report::model::{Flame, Stage};
use crate::text::figure;

const WALL: &str = "The wider a block, the more of the time that passes goes by in it: this is where a server waits.";
const ON_CPU: &str = "The wider a block, the more of the processor's time goes into it: this is where a busy server works.";

pub(super) fn section(stages: &[Stage]) -> Markup {
    let flames = html! {
        h3 { "The time that passes" }
        (notice(WALL, &steps::WALL))
        (all(stages, true))
        h3 { "The time on a processor" }
        (notice(ON_CPU, &steps::ON_CPU))
        (all(stages, false))
    };
    part("flames", "Where the time goes", &flames)
}

fn all(stages: &[Stage], is_wall: bool) -> Markup {
    let kind = if is_wall { "of the time that passes" } else { "of the time on a processor" };
    html! {
        @for (number, stage) in stages.iter().enumerate() {
            @match stage.flames.iter().find(|flame| flame.is_wall == is_wall) {
                Some(flame) => (one((number, stage), flame, kind)),
                None => (absent(&format!("{} has no flame graph {kind} here.", stage.name))),
            }
        }
        @if stages.is_empty() { (absent(&format!("There is no flame graph {kind} here."))) }
    }
}

fn one((number, stage): (usize, &Stage), flame: &Flame, kind: &str) -> Markup {
    let told = told(&flame.svg);
    let (name, label) = (&stage.name, format!("Flame graph of {}, {kind}", stage.name));
    let file = format!("{name}-{}.svg", if flame.is_wall { "wall" } else { "cpu" });
    let address = format!("data:image/svg+xml;base64,{}", STANDARD.encode(&flame.svg));
    html! {
        details class="flame" {
            summary { (swatch(number)) strong { (name) } " " span class="note" { (told) } }
            (wide(&label, &html! { img src=(address) alt={ (label) ". " (told) } decoding="async"; }))
            p class="hint" {
                button type="button" class="keep" data-file=(file) { "Keep it as a file" }
                " Alone in a browser, a click enlarges a block, and Ctrl-F finds one."
            }
        }
    }
}

/// The highest block that fills at least half of a picture: there the time goes.
fn told(svg: &str) -> String {
    let blocks = svg.split("<title>").skip(1).filter_map(block);
    match blocks.filter(|(_, part, _)| *part >= 50.0).min_by(|a, b| a.2.total_cmp(&b.2)) {
        Some((name, part, _)) => {
            let part = figure(part);
            format!(
                "the highest block that is at least half as wide as the picture: {name}, {part} %"
            )
        }
        None => "no block fills half of the picture".to_owned(),
    }
}

/// Name, percent and place of `name (1,234 samples, 12.34%)</title><rect … y="12" …`.
fn block(text: &str) -> Option<(String, f64, f64)> {
    let (title, rest) = text.split_once("</title>")?;
    let (name, figures) = title.rsplit_once(" (")?;
    let part = figures.strip_suffix("%)")?.rsplit_once(' ')?.1.parse().ok()?;
    let y = rest.split_once(" y=\"")?.1.split_once('"')?.0.parse().ok()?;
    let name = name.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Some((name, part, y))
}
