//! A comparison as text, for a terminal: the timelines, the table, and what is missing.

use codec::printable::one_line;
use colored::Colorize;

use super::model::{Comparison, Row};
use crate::text::table::{Group, draw};
use crate::text::{counted, wrapped};
use crate::view::timeline::{Timeline, text as timeline_text};

/// A longer name of a row gets two lines.
const LONGEST_NAME: usize = 40;

/// All of it, with the details of the table or without.
pub(crate) fn text(comparison: &Comparison, has_details: bool, has_colour: bool) -> String {
    let timelines: Vec<Timeline> =
        comparison.stages.iter().filter_map(|stage| stage.timeline.clone()).collect();
    let made = comparison.made().iter().map(|line| wrapped(line) + "\n").collect();
    let mut parts = vec![made, timeline_text::show(&timelines, has_colour)];
    parts.push(table(comparison, has_details));
    let details = comparison.details();
    let more = counted(details, "more row");
    let folded = (details > 0 && !has_details)
        .then(|| format!("--all shows {more}, which compare.md and the page have too"));
    let fates = comparison.fates().map(|fate| format!("* {fate}"));
    let missing = comparison.missing.iter().map(|it| format!("Missing: {}", it.sentence()));
    let notes = folded.into_iter().chain(comparison.explained()).chain(fates).chain(missing);
    let dim = |note: String| if has_colour { note.dimmed().to_string() } else { note };
    parts.push(notes.map(|note| dim(wrapped(&one_line(&note))) + "\n").collect());
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn table(comparison: &Comparison, has_details: bool) -> String {
    let head: Vec<&str> = comparison.stages.iter().map(|stage| stage.short.as_str()).collect();
    let groups = comparison.groups(if has_details { None } else { Some(false) });
    let row =
        |row: &&Row| (row.name.clone(), row.cells.iter().map(super::model::Cell::shown).collect());
    let groups = groups.iter().map(|(title, rows)| Group {
        title: (*title).to_owned(),
        rows: rows.iter().map(row).collect(),
    });
    let groups: Vec<Group> = groups.collect();
    if groups.is_empty() { String::new() } else { draw(&head, &groups, LONGEST_NAME) }
}
