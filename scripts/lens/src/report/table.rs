//! A comparison as text, for a terminal: the timelines, the table, and what is missing.

use colored::Colorize;

use super::grid;
use super::model::{Cell, Comparison, Loaded, Missing, Stage};
use crate::compare::BY_TURNS;
use crate::text::wrapped;
use crate::view::timeline::{Timeline, text as timeline_text};

/// All of it.
pub(crate) fn text(comparison: &Comparison, has_colour: bool) -> String {
    let timelines: Vec<Timeline> =
        comparison.stages.iter().filter_map(|stage| stage.timeline.clone()).collect();
    let mut parts = vec![head(comparison)];
    if !timelines.is_empty() {
        parts.push(timeline_text::show(&timelines, has_colour));
    }
    parts.push(table(comparison));
    let fates = fates(comparison).map(|fate| format!("* {fate}"));
    let lacks = comparison.missing.iter().map(|missing| format!("Missing: {}", lack(missing)));
    let notes = explained(comparison).chain(fates).chain(lacks).map(|note| wrapped(&note));
    parts.push(
        notes
            .map(|note| if has_colour { note.dimmed().to_string() } else { note } + "\n")
            .collect(),
    );
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// Where it was measured.
pub(super) fn head(comparison: &Comparison) -> String {
    let Some(machine) = &comparison.machine else {
        return format!("From recordings, put together {}\n", comparison.date);
    };
    let place = format!("{}, {} cores, {}", machine.cpu, machine.cores, machine.kernel);
    let mut lines = vec![wrapped(&place)];
    if machine.busy > 0.5 {
        lines.push(format!("Others were at work here (load {:.1}): expect noise.", machine.busy));
    }
    lines.join("\n") + "\n"
}

fn table(comparison: &Comparison) -> String {
    let head: Vec<&str> = comparison.stages.iter().map(|stage| stage.short.as_str()).collect();
    let row = |row: &super::model::Row| row.cells.iter().map(cell).collect::<Vec<String>>();
    let rows: Vec<(&str, Vec<String>)> =
        comparison.rows.iter().map(|it| (it.name.as_str(), row(it))).collect();
    if rows.is_empty() { String::new() } else { grid::text(&head, &rows) }
}

/// A sentence stands below the table, where it has room: a star says so.
pub(super) fn cell(cell: &Cell) -> String {
    match (cell.text.strip_suffix(BY_TURNS), cell.value) {
        (Some(figure), _) => format!("{figure}*"),
        (None, Some(value)) if is_long(&cell.text) => format!("{value:.0}*"),
        (None, None) if is_long(&cell.text) => "*".to_owned(),
        _ => cell.text.clone(),
    }
}

fn is_long(text: &str) -> bool {
    text.chars().count() > 24
}

/// What the heads of columns mean that are no names.
pub(super) fn explained(comparison: &Comparison) -> impl Iterator<Item = String> {
    let is_short = |stage: &&Stage| !stage.name.starts_with(&stage.short);
    comparison
        .stages
        .iter()
        .filter(is_short)
        .map(|stage| format!("{}: the server at {}", stage.short, stage.name))
}

/// What became of clients, in sentences.
pub(super) fn fates(comparison: &Comparison) -> impl Iterator<Item = String> {
    comparison.stages.iter().flat_map(|stage| {
        let of = |load: &Loaded| {
            Some(format!("{}, {} clients: {}", stage.short, load.clients, load.fate.as_ref()?))
        };
        let quiet = stage.quiet.as_ref().filter(|quiet| quiet.is_alone()).map(|_| {
            format!("{}: the quiet client had no reply until the busy one left", stage.short)
        });
        stage.loads.iter().filter_map(of).chain(quiet).collect::<Vec<_>>()
    })
}

/// What is missing, in a sentence.
pub(super) fn lack(missing: &Missing) -> String {
    let Missing { stage, what, why } = missing;
    let whose = stage.as_ref().map_or_else(String::new, |stage| format!("{stage}: "));
    format!("{whose}{what}: {why}")
}
