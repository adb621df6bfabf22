//! What all pictures of this module share: how they are written, and their colours.

use maud::{Markup, PreEscaped, html};

/// For whom a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A part of a page, which has the style and the patterns once: its spans can be reached with the keyboard and be
    /// read by scripts.
    Inline,
    /// A file of its own, for a README.
    File,
}

/// How wide a letter of 13 px is, in pixels, with some air.
pub(super) const LETTER: f64 = 6.6;

/// A length in a picture.
pub(super) fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Microseconds as a number to multiply. Half an hour is enough for a picture.
pub(super) fn float(us: i64) -> f64 {
    f64::from(i32::try_from(us).unwrap_or(if us < 0 { i32::MIN } else { i32::MAX }))
}

/// How many letters have room in so many pixels.
pub(super) fn letters(room: f64) -> usize {
    let mut count = 0;
    let mut left = room;
    while left >= LETTER && count < 200 {
        left -= LETTER;
        count += 1;
    }
    count
}

/// The place of a client among the colours.
pub(super) fn color_of(client: Option<&str>, clients: &[String]) -> String {
    let place = client.and_then(|name| clients.iter().position(|of| of == name));
    place.map_or_else(|| "nobody".to_owned(), |place| format!("c{}", place % 6))
}

/// A picture, with what it says to those who do not see it. Its `id` is one of a page.
pub(super) fn picture(
    form: Form,
    (width, height): (f64, f64),
    (id, title, desc): (&str, &str, &str),
    inside: &Markup,
) -> String {
    let (title_id, desc_id) = (format!("{id}-title"), format!("{id}-desc"));
    let role = if form == Form::File { "img" } else { "group" };
    let view = format!("0 0 {} {}", px(width), px(height));
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" class={ "lens " (id) } role=(role) viewBox=(view)
            width=(px(width)) height=(px(height)) aria-labelledby={ (title_id) " " (desc_id) } {
            title id=(title_id) { (title) }
            desc id=(desc_id) { (desc) }
            @if form == Form::File { (style_and_patterns()) }
            rect class="page" width=(px(width)) height=(px(height)) {}
            (inside)
        }
    };
    let head = match form {
        Form::File => {
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Made by lens from recordings: do not edit by hand. -->\n"
        }
        Form::Inline => "",
    };
    // A line for each part, so that a change of the picture can be read as a diff.
    head.to_owned() + &picture.into_string().replace("<g ", "\n<g ").replace("</svg>", "\n</svg>\n")
}

/// What all pictures of a page share; it takes no room.
pub(crate) fn for_inline() -> Markup {
    html! {
        svg class="lens" width="0" height="0" style="position:absolute" aria-hidden="true" { (style_and_patterns()) }
    }
}

fn style_and_patterns() -> Markup {
    html! {
        style { (PreEscaped(STYLE)) }
        (patterns())
    }
}

/// Hatching and dots tell what colours tell. A pattern has no colour of the one who uses it, so there is
/// one for each client.
fn patterns() -> Markup {
    html! {
        defs {
            @for number in 0..6 {
                pattern id={ "hatch" (number) } class={ "c" (number) } width="7" height="7"
                    patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect class="paper" width="7" height="7" {}
                    rect class="ink" width="2.4" height="7" {}
                }
                pattern id={ "dots" (number) } class={ "c" (number) } width="5" height="5"
                    patternUnits="userSpaceOnUse" {
                    rect class="tint" width="5" height="5" {}
                    circle class="ink" cx="2.5" cy="2.5" r="0.9" opacity=".6" {}
                }
            }
        }
    }
}

/// The light colours come first; the dark ones replace them below.
const STYLE: &str = "
.lens { --page: #fff; --text: #1b1f24; --note: #4d5661; --line: #d0d7de; --asleep: #dde2e8; --awake: #57606a; --glass: #f6f8fa;
  font-family: -apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Helvetica, Arial, sans-serif }
.lens .c0 { --c: #2f6fde; --t: #e6effd } .lens .c1 { --c: #c4570a; --t: #fdeadb } .lens .c2 { --c: #1f883d; --t: #e0f4e5 }
.lens .c3 { --c: #8250df; --t: #f1e9fe } .lens .c4 { --c: #bf3989; --t: #fde8f3 } .lens .c5 { --c: #7a6a00; --t: #f7f0c8 }
.lens .nobody { --c: var(--awake); --t: var(--asleep) }
@media (prefers-color-scheme: dark) {
  .lens { --page: #0d1117; --text: #e6edf3; --note: #adb7c2; --line: #30363d; --asleep: #2d333b; --awake: #9da7b3; --glass: #151b23 }
  .lens .c0 { --c: #58a6ff; --t: #10233f } .lens .c1 { --c: #ff9b50; --t: #3a2212 } .lens .c2 { --c: #3fb950; --t: #12331d }
  .lens .c3 { --c: #bc8cff; --t: #2b1f47 } .lens .c4 { --c: #ff7ec0; --t: #401a30 } .lens .c5 { --c: #d9c74a; --t: #332e0b }
}
.lens text { font-size: 13px; fill: var(--text) }
.lens .title { font-size: 22px; font-weight: 650 }
.lens .head { font-size: 16px; font-weight: 650 }
.lens .strong { font-weight: 650 }
.lens .note { fill: var(--note) }
.lens .small { font-size: 12px; fill: var(--note) }
.lens .end { text-anchor: end }
.lens .middle { text-anchor: middle }
.lens .page { fill: var(--page) }
.lens .paper { fill: var(--page) }
.lens .ink { fill: var(--c) }
.lens .tint { fill: var(--t) }
.lens .grid { stroke: var(--line); stroke-dasharray: 2 4 }
.lens .zero { stroke: var(--awake); stroke-width: 1.2 }
.lens .panel { fill: var(--glass); stroke: var(--awake); stroke-width: 1 }
.lens .lead { fill: none; stroke: var(--awake); stroke-width: 1 }
.lens .solid { fill: var(--c) }
.lens .line { fill: var(--page); stroke: var(--c); stroke-opacity: .55 }
.lens .open { fill: var(--t); stroke: var(--c) }
.lens .rest { fill: var(--asleep) }
.lens .dashed { fill: var(--page); stroke: var(--c); stroke-width: 1.5; stroke-dasharray: 3 3 }
.lens .part { stroke: var(--page) }
.lens .way { stroke: var(--awake); stroke-width: 2 }
.lens .c0 .hatch { fill: url(#hatch0); stroke: var(--c) } .lens .c1 .hatch { fill: url(#hatch1); stroke: var(--c) }
.lens .c2 .hatch { fill: url(#hatch2); stroke: var(--c) } .lens .c3 .hatch { fill: url(#hatch3); stroke: var(--c) }
.lens .c4 .hatch { fill: url(#hatch4); stroke: var(--c) } .lens .c5 .hatch { fill: url(#hatch5); stroke: var(--c) }
.lens .c0 .dots { fill: url(#dots0); stroke: var(--c) } .lens .c1 .dots { fill: url(#dots1); stroke: var(--c) }
.lens .c2 .dots { fill: url(#dots2); stroke: var(--c) } .lens .c3 .dots { fill: url(#dots3); stroke: var(--c) }
.lens .c4 .dots { fill: url(#dots4); stroke: var(--c) } .lens .c5 .dots { fill: url(#dots5); stroke: var(--c) }
.lens .on { pointer-events: none }
.lens .on-solid { fill: var(--page); font-weight: 650 }
.lens .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round }
.lens .halo-tint { paint-order: stroke; stroke: var(--t); stroke-width: 4px; stroke-linejoin: round }
.lens .span:hover rect, .lens .span:focus-visible rect { stroke: var(--text); stroke-width: 2 }
.lens .span:focus { outline: none }
";
