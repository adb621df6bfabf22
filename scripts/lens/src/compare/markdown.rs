//! A comparison as Markdown: the table with how each figure was measured, and what is missing.

use super::found::{Comparison, Row};
use super::table::{fates, head, lack};

/// All of it.
pub(super) fn text(comparison: &Comparison) -> String {
    let mut lines = vec!["# The stages, compared".to_owned(), String::new()];
    lines.push(format!("{} {}", comparison.date, head(comparison).trim_end().replace('\n', " ")));
    lines.push(String::new());
    let names: Vec<&str> = comparison.stages.iter().map(|stage| stage.name.as_str()).collect();
    lines.push(row(["", "unit"].into_iter().chain(names.iter().copied()).chain(["how"])));
    lines.push(format!("|{}", "---|".repeat(names.len() + 3)));
    lines.extend(comparison.rows.iter().map(of_fact));
    lines.push(String::new());
    lines.extend(fates(comparison).map(|fate| format!("- {}", escaped(&fate))));
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
    let cells = fact.cells.iter().map(|cell| cell.text.as_str());
    row([&*fact.name, &*fact.unit].into_iter().chain(cells).chain([&*fact.how]))
}

fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(escaped).collect();
    format!("| {} |", cells.join(" | "))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
