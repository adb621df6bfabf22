//! A comparison as Markdown: the table, how each figure was measured, and what is missing.

use super::model::{Cell, Comparison, Row};
use crate::text::counted;

/// All of it.
pub(crate) fn text(comparison: &Comparison) -> String {
    let mut lines = vec![format!("# The stages, compared\n\n{}\n", comparison.made().join(" "))];
    lines.extend(table(comparison, false));
    let fates = comparison.fates().map(|fate| format!("\\* {fate}"));
    lines.extend(points(comparison.explained().chain(fates)));
    if comparison.details() > 0 {
        let more = counted(comparison.details(), "more row");
        lines.push(format!("<details><summary>{more}</summary>\n"));
        lines.extend(table(comparison, true));
        lines.push("</details>".to_owned());
    }
    lines.push("\n## How each figure was measured\n".to_owned());
    lines.extend(points(hows(&comparison.rows)));
    if !comparison.missing.is_empty() {
        lines.push("\n## Missing\n".to_owned());
        lines.extend(points(comparison.missing.iter().map(super::model::Missing::sentence)));
    }
    for lesson in &comparison.lessons {
        lines.push(format!("\n## {} to {}: {}\n", lesson.from, lesson.to, lesson.about));
        lines.push(format!("```diff\n{}```", lesson.diff));
    }
    lines.join("\n") + "\n"
}

/// The details, or the other rows. The heading of a group is a row of its own.
fn table(comparison: &Comparison, is_detail: bool) -> Vec<String> {
    let count = comparison.stages.len();
    let shorts = comparison.stages.iter().map(|stage| stage.short.clone());
    let mut lines = vec![row("", shorts), format!("|---|{}", "--:|".repeat(count))];
    for (group, rows) in comparison.groups(Some(is_detail)) {
        lines.push(row(&format!("**{group}**"), vec![String::new(); count]));
        lines.extend(rows.iter().map(|of| row(&of.name, of.cells.iter().map(Cell::shown))));
    }
    lines.push(String::new());
    lines
}

/// A line for each way to measure, with the rows that were measured in that way.
fn hows(rows: &[Row]) -> Vec<String> {
    let mut ways: Vec<(&str, Vec<String>)> = Vec::new();
    for row in rows {
        let name = format!("{} ({})", row.name, row.unit);
        match ways.iter_mut().find(|(how, _)| *how == row.how) {
            Some((_, names)) => names.push(name),
            None => ways.push((&row.how, vec![name])),
        }
    }
    ways.into_iter().map(|(how, names)| format!("{}: {how}", names.join(", "))).collect()
}

fn points(sentences: impl IntoIterator<Item = String>) -> Vec<String> {
    sentences.into_iter().map(|sentence| format!("- {}", escaped(&sentence))).collect()
}

fn row(name: &str, cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = [name.to_owned()].into_iter().chain(cells).collect();
    format!("| {} |", cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | "))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
