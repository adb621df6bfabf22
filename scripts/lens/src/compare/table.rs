//! A comparison as text, for a terminal: the timelines, the table, and what is missing.

use colored::Colorize;
use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, presets,
};

use super::found::{Comparison, Loaded, Missing, Row};
use super::run::BY_TURNS;
use super::timeline::{Timeline, text as timeline_text};

/// As wide as the timelines.
const WIDTH: u16 = 100;

/// All of it.
pub(super) fn text(comparison: &Comparison, has_colour: bool) -> String {
    let timelines: Vec<Timeline> =
        comparison.stages.iter().filter_map(|stage| stage.timeline.clone()).collect();
    let mut parts = vec![head(comparison)];
    if !timelines.is_empty() {
        parts.push(timeline_text::show(&timelines, has_colour));
    }
    parts.push(table(comparison));
    let fates = fates(comparison).map(|fate| format!("* {fate}"));
    let lacks = comparison.missing.iter().map(|missing| format!("Missing: {}", lack(missing)));
    let notes = fates.chain(lacks);
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
    let mut lines = vec![format!("{}, {} cores, {}", machine.cpu, machine.cores, machine.kernel)];
    if machine.busy > 0.5 {
        lines.push(format!("Others were at work here (load {:.1}): expect noise.", machine.busy));
    }
    lines.join("\n") + "\n"
}

fn table(comparison: &Comparison) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    let names = comparison.stages.iter().map(|stage| right(&stage.name));
    table.set_header(std::iter::once(Cell::new("")).chain(names));
    for row in &comparison.rows {
        table.add_row(std::iter::once(Cell::new(&row.name)).chain(cells(row)));
    }
    // No name or figure is broken in two, even if the table gets a little wider than the timelines.
    for column in table.column_iter_mut() {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    table.to_string() + "\n"
}

/// What is a sentence stands below the table, where it has room: a star says so.
fn cells(row: &Row) -> impl Iterator<Item = Cell> {
    row.cells.iter().map(|cell| match (cell.text.strip_suffix(BY_TURNS), cell.value) {
        (Some(figure), _) => right(&format!("{figure} *")),
        (None, Some(value)) if is_long(&cell.text) => right(&format!("{value:.0} *")),
        (None, None) if is_long(&cell.text) => right("*"),
        _ => right(&cell.text),
    })
}

fn is_long(text: &str) -> bool {
    text.chars().count() > 24
}

/// What became of clients, in sentences.
pub(super) fn fates(comparison: &Comparison) -> impl Iterator<Item = String> {
    comparison.stages.iter().flat_map(|stage| {
        let of = |load: &Loaded| {
            Some(format!("{}, {} clients: {}", stage.name, load.clients, load.fate.as_ref()?))
        };
        let quiet = stage.quiet.as_ref().filter(|quiet| quiet.is_alone()).map(|_| {
            format!("{}: the quiet client had no reply until the busy one left", stage.name)
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

fn right(text: &str) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}
