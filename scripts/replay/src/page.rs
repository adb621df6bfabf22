//! Films as a page: one HTML file that needs nothing else. What moves in it is `page/*.js`; what stands here is
//! read by all, also without a script and on paper.

mod script;

use std::collections::BTreeSet;

use lens::report::page::html_head;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::film::{Film, Moment};

const STYLE: &str = include_str!("../page/style.css");
/// How fast a film can be: what is shown, and the value for the script.
const SPEEDS: [(&str, &str); 6] = [
    ("by moments", ""),
    ("1/1000×", "0.001"),
    ("1/300×", "0.003333"),
    ("1/100×", "0.01"),
    ("1/10×", "0.1"),
    ("1×", "1"),
];

/// The page of one film, or of two that are aligned at their zeros.
#[must_use]
pub fn html(films: &[Film]) -> String {
    // A film has texts, numbers and lists, and all of these can be written. In a page, `</script>` would end the data.
    let data = serde_json::to_string(films).unwrap_or_default().replace('<', "\\u003c");
    let names: Vec<&str> = films.iter().map(|film| film.server.as_str()).collect();
    let title = format!("A run as a film: {}", names.join(" and "));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (html_head(&title, STYLE))
                // What only a script can fill.
                noscript { style { "main, footer, .keys-hint { display: none !important }" } }
            }
            body class=[(films.len() > 1).then_some("two")] {
                (head(films))
                main { @for film in films { (stage(film)) } }
                (controls(films))
                (moments(films))
                script type="application/json" id="films" { (PreEscaped(data)) }
                script type="module" { (PreEscaped(script::joined())) }
            }
        }
    };
    page.into_string()
}

/// What this is.
fn head(films: &[Film]) -> Markup {
    html! {
        header {
            p class="kit" { "Redis from Scratch" }
            h1 { "A run as a film" }
            @for about in films.iter().map(|film| &film.about).collect::<BTreeSet<_>>() {
                p class="about" { (about) "." }
            }
            p class="keys-hint" { kbd { "←" } " " kbd { "→" } " move, " kbd { "space" } " plays." }
            noscript { p class="notice" { "The film needs JavaScript. Without JavaScript, you can read its moments below." } }
        }
    }
}

/// The places that the script fills for one film.
fn stage(film: &Film) -> Markup {
    html! {
        section class="film" aria-label=(film.server) {
            div class="title" {
                h2 { (film.server) }
                @if !film.has_packets {
                    p class="note" { "No packets were recorded. The clients' own notes tell when bytes arrived." }
                }
                p class="says" aria-live="polite" {}
            }
            div class="stage" {
                section class="server" aria-label="Server" {
                    div class="head" { h3 { "Server" } p class="status" {} }
                    p class="path" {}
                    div class="lines" {}
                }
                section class="kernel" aria-label="Kernel" {
                    div class="head" {
                        h3 { "Kernel" }
                        h4 { "accept queue" }
                        ol class="queue" aria-label="Accept queue" {}
                    }
                    div class="connections" {}
                }
                section class="clients" aria-label="Clients" {
                    div class="head" { h3 { "Clients" } }
                    div class="screens" {}
                }
                section class="memory" aria-label="Keys and log" {
                    div { h4 { "Keys" } ul class="keys" {} }
                    div { h4 { "Log" } ol class="log" tabindex="0" aria-label="Log" {} }
                }
            }
        }
    }
}

/// The axis and the buttons, and the place of the questions.
fn controls(films: &[Film]) -> Markup {
    let clients = films.first().map(|film| film.clients.as_slice()).unwrap_or_default();
    let zero = clients.get(1).or(clients.first()).map_or("the client", String::as_str);
    html! {
        footer aria-label="Controls" {
            section id="question" aria-live="polite" hidden {}
            div id="timeline" {
                div id="marks" aria-hidden="true" {}
                input id="axis" type="range" min="0" max="1" step="any" value="0" aria-label="Time";
            }
            div class="buttons" {
                (moves())
                p class="now" {
                    output id="time" for="axis" {}
                    span class="note" {
                        "after " (zero) " asks for a connection "
                        span class="moment" { "· moment " span id="count" {} }
                        " " span id="silence" {}
                    }
                }
                div class="choices" {
                    label { span { "Speed" }
                        select id="speed" { @for (name, value) in SPEEDS { option value=(value) { (name) } } }
                    }
                    label { span { "Jump" }
                        select id="jump" { option value="" { "to …" } }
                    }
                    button id="predict" type="button" aria-pressed="false" title="The film stops and asks what comes next" hidden { "Predict" }
                    button id="save" type="button" hidden { "Save answers" }
                }
            }
        }
    }
}

/// The buttons that move the film.
fn moves() -> Markup {
    html! {
        div class="moves" {
            (button("first", "First moment (Home)", "M5 4v12M15 4l-7 6 7 6z"))
            (button("previous", "Previous moment (left arrow)", "M13 4l-7 6 7 6z"))
            button id="play" type="button" aria-label="Play" title="Play or pause (space)" {
                svg viewBox="0 0 20 20" aria-hidden="true" {
                    path class="play" d="M6 3.5l10 6.5-10 6.5z" {}
                    path class="pause" d="M6.5 4v12M13.5 4v12" {}
                }
            }
            (button("next", "Next moment (right arrow)", "M7 4l7 6-7 6z"))
            (button("last", "Last moment (End)", "M15 4v12M5 4l7 6-7 6z"))
        }
    }
}

fn button(id: &str, name: &str, path: &str) -> Markup {
    html! {
        button id=(id) type="button" aria-label=(name) title=(name) {
            svg viewBox="0 0 20 20" aria-hidden="true" { path d=(path) {} }
        }
    }
}

/// All moments in words: for paper, without a script, and to look one up.
fn moments(films: &[Film]) -> Markup {
    html! {
        details id="moments" open {
            summary { "All moments in words, and how the recording was made" }
            div class="lists" {
                @for film in films {
                    section {
                        h2 { (film.server) }
                        p class="made" {
                            "Version " (film.version) ", scenario " (film.scenario) ", recorded " (film.date) "."
                        }
                        @for note in &film.notes { p class="made" { (note) } }
                        ol { @for moment in &film.moments { (line(moment)) } }
                    }
                }
            }
        }
    }
}

fn line(moment: &Moment) -> Markup {
    let at = moment.at;
    // The sign of the design is a true minus.
    let sign = if at < 0 { "−" } else { "+" };
    let us = at.unsigned_abs();
    html! {
        li {
            a href={ "#at=" (at) } { (sign) (us / 1000) "." (format!("{:03}", us % 1000)) " ms" }
            " " (moment.says)
        }
    }
}
