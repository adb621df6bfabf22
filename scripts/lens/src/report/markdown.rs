//! A comparison as Markdown: the table, how each figure was measured, and what is missing.

use super::model::{Comparison, Row};
use super::table::{cell, explained, fates, head, lack};

/// All of it.
pub(crate) fn text(comparison: &Comparison) -> String {
    let mut lines = vec!["# The stages, compared".to_owned(), String::new()];
    lines.push(format!("{} {}", comparison.date, head(comparison).trim_end().replace('\n', " ")));
    lines.push(String::new());
    let names: Vec<&str> = comparison.stages.iter().map(|stage| stage.short.as_str()).collect();
    lines.push(row(std::iter::once("").chain(names.iter().copied())));
    lines.push(format!("|---|{}", "--:|".repeat(names.len())));
    lines.extend(comparison.rows.iter().map(of_fact));
    lines.push(String::new());
    lines.extend(explained(comparison).map(|it| format!("- {}", escaped(&it))));
    lines.extend(fates(comparison).map(|fate| format!("- \\* {}", escaped(&fate))));
    lines.push("\n## How each figure was measured\n".to_owned());
    lines.extend(hows(&comparison.rows));
    if !comparison.missing.is_empty() {
        lines.extend(["\n## Missing\n".to_owned()]);
        let lacks = comparison.missing.iter().map(lack);
        lines.extend(lacks.map(|lack| format!("- {}", escaped(&lack))));
    }
    for lesson in &comparison.lessons {
        lines.push(format!("\n## {} to {}: {}\n", lesson.from, lesson.to, lesson.about));
        lines.push(format!("```diff\n{}```", lesson.diff));
    }
    lines.join("\n") + "\n"
}

fn of_fact(fact: &Row) -> String {
    let cells: Vec<String> = fact.cells.iter().map(cell).collect();
    row(std::iter::once(&*fact.name).chain(cells.iter().map(String::as_str)))
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
    let line = |(how, names): (&str, Vec<String>)| format!("- {}: {how}", names.join(", "));
    ways.into_iter().map(|way| escaped(&line(way))).collect()
}

fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(escaped).collect();
    format!("| {} |", cells.join(" | "))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
