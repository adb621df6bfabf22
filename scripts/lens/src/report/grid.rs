//! A table for a terminal: names at the left, figures at the right. What does not fit beside the names stands
//! below, with the names again.

use crate::text::COLUMNS;

/// Between two columns.
const GAP: &str = " ";

/// Draws it. Each row has a name and then a cell for each column of the head.
pub(super) fn text(head: &[&str], rows: &[(&str, Vec<String>)]) -> String {
    let name = rows.iter().map(|(name, _)| length(name)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(|column| width(head, rows, column)).collect();
    let mut parts = Vec::new();
    let mut from = 0;
    while from < head.len() {
        let until = fitting(&widths, from, COLUMNS.saturating_sub(name));
        parts.push(part((head, rows), (name, &widths), from..until));
        from = until;
    }
    parts.join("\n")
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn width(head: &[&str], rows: &[(&str, Vec<String>)], column: usize) -> usize {
    let cells = rows.iter().filter_map(|(_, cells)| cells.get(column)).map(|cell| length(cell));
    cells.chain(head.get(column).map(|title| length(title))).max().unwrap_or(0)
}

/// The end of the columns from `from` on that fit into so much room; at least one column.
fn fitting(widths: &[usize], from: usize, room: usize) -> usize {
    let mut taken = 0;
    let is_full = |width: &usize| {
        taken += width + GAP.len();
        taken > room
    };
    let count = widths.iter().skip(from).position(is_full);
    count.map_or(widths.len(), |count| from + count.max(1))
}

/// The names and some of the columns.
fn part(
    (head, rows): (&[&str], &[(&str, Vec<String>)]),
    (name, widths): (usize, &[usize]),
    columns: std::ops::Range<usize>,
) -> String {
    let line = |first: &str, cells: &[String]| {
        let cells = cells.iter().zip(widths).enumerate().filter(|(at, _)| columns.contains(at));
        let cells: String =
            cells.map(|(_, (cell, width))| format!("{GAP}{cell:>width$}")).collect();
        format!("{first:<name$}{cells}\n")
    };
    let titles: Vec<String> = head.iter().map(|title| (*title).to_owned()).collect();
    let taken: usize = widths.get(columns.clone()).unwrap_or_default().iter().sum();
    let rule = "─".repeat(name + taken + columns.len() * GAP.len()) + "\n";
    let rows: String = rows.iter().map(|(name, cells)| line(name, cells)).collect();
    [rule.clone(), line("", &titles), rule.clone(), rows, rule].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_below_each_other() {
        let rows = [("time", vec!["1 µs".to_owned(), "12 µs".to_owned()])];
        let expected =
            "───────────────\n     lab1  lab2\n───────────────\ntime 1 µs 12 µs\n───────────────\n";
        assert_eq!(text(&["lab1", "lab2"], &rows), expected);
    }

    #[test]
    fn what_does_not_fit_stands_below() {
        let wide = "x".repeat(30);
        let rows = [("name", vec![wide.clone(), wide.clone(), wide.clone()])];
        let text = text(&["a", "b", "c"], &rows);
        assert!(text.lines().all(|line| line.chars().count() <= COLUMNS), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("name")).count(), 2, "{text}");
    }
}
