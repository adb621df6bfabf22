//! Draws folded stacks, with `inferno`. Colours say whose code it is; their shades mean nothing, and
//! keep neighbours apart.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use inferno::flamegraph::color::{BackgroundColor, Color, PaletteMap};
use inferno::flamegraph::{self, Options as Style};

use super::fold::Folded;
use super::owner::Owner;
use super::{Drawn, Kind, Options};

const LEGEND: &str = "orange: our code · yellow: libraries · blue: the kernel";
/// Light enough for dark letters, on a light page and on a dark one.
const PAPER: Color = Color { r: 250, g: 250, b: 248 };

/// The picture.
pub(super) fn svg(folded: &Folded, drawn: &Drawn, options: &Options) -> io::Result<Vec<u8>> {
    let mut palette = PaletteMap::default();
    for (function, owner) in &folded.owners {
        palette.insert(function, colour(function, *owner));
    }
    let mut style = Style::default();
    style.palette_map = Some(&mut palette);
    style.bgcolors = Some(BackgroundColor::Flat(PAPER));
    style.deterministic = true;
    style.title.clone_from(&options.title);
    let gap = if options.note.is_empty() { "" } else { " · " };
    style.subtitle = Some(format!("{drawn}{gap}{} · {LEGEND}", options.note));
    if options.kind == Kind::Wall {
        // Of microseconds.
        "ms".clone_into(&mut style.count_name);
        style.factor = 0.001;
    }
    let lines: Vec<String> = folded.lines().collect();
    let mut svg = Vec::new();
    flamegraph::from_lines(&mut style, lines.iter().map(String::as_str), &mut svg)?;
    Ok(svg)
}

fn colour(function: &str, owner: Owner) -> Color {
    let mut hasher = DefaultHasher::new();
    function.hash(&mut hasher);
    let shade = u8::try_from(hasher.finish() % 28).unwrap_or(0);
    match owner {
        Owner::Ours => Color { r: 240, g: 120 + shade, b: 60 + shade },
        Owner::Library => Color { r: 240, g: 212 + shade, b: 130 + shade },
        Owner::Kernel => Color { r: 130 + shade, g: 175 + shade, b: 225 },
    }
}
