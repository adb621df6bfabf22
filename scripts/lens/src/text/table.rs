//! A table for a terminal: names at the left, figures at the right. The columns that do not fit beside the
//! names, however close, stand in a table below, with the names again.

use super::{COLUMNS, letters, wrap};

/// Rows that belong together.
pub(crate) struct Group {
    /// What stands above them, in the rule; empty if nothing does.
    pub(crate) title: String,
    /// A name, and a cell for each column of the head.
    pub(crate) rows: Vec<(String, Vec<String>)>,
}

/// The lines of each cell, the name first.
type Row = Vec<Vec<String>>;

/// Draws groups below each other. Cells of the head and of rows may have several lines; a name gets more
/// lines if it is longer than `longest`.
pub(crate) fn draw(head: &[impl AsRef<str>], groups: &[Group], longest: usize) -> String {
    let lines = |cell: &str| cell.lines().map(str::to_owned).collect::<Vec<_>>();
    let name = |name: &str| name.lines().flat_map(|line| wrap(line, longest, "")).collect();
    let head: Row = [vec![]].into_iter().chain(head.iter().map(|it| lines(it.as_ref()))).collect();
    let row = |(first, cells): &(String, Vec<String>)| -> Row {
        [name(first)].into_iter().chain(cells.iter().map(|cell| lines(cell))).collect()
    };
    let groups: Vec<(&str, Vec<Row>)> = groups
        .iter()
        .map(|group| (group.title.as_str(), group.rows.iter().map(row).collect()))
        .collect();
    let all = || groups.iter().flat_map(|(_, rows)| rows).chain([&head]);
    let width = |column: usize| {
        let cells = all().filter_map(|row| row.get(column));
        cells.flatten().map(|line| letters(line)).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..head.len()).map(width).collect();
    let fits = widths.iter().map(|width| width + 2).sum::<usize>() <= COLUMNS + 2;
    widths.iter_mut().skip(1).for_each(|width| *width += if fits { 2 } else { 1 });
    let mut parts: Vec<Vec<usize>> = vec![vec![0]];
    let mut taken = 0;
    for (column, width) in widths.iter().enumerate() {
        taken += width;
        if taken > COLUMNS && column > 1 {
            parts.push(vec![0]);
            taken = widths[0] + width;
        }
        if let Some(part) = parts.last_mut().filter(|_| column > 0) {
            part.push(column);
        }
    }
    let parts = parts.iter().map(|columns| part(&head, &groups, &widths, columns));
    parts.collect::<Vec<_>>().join("\n")
}

/// The names, and some of the columns. A width has the space in front of it.
fn part(head: &Row, groups: &[(&str, Vec<Row>)], widths: &[usize], columns: &[usize]) -> String {
    let whole: usize = columns.iter().map(|at| widths[*at]).sum();
    let rule = |title: &str| match title {
        "" => "─".repeat(whole) + "\n",
        _ => format!("── {title} {}\n", "─".repeat(whole.saturating_sub(letters(title) + 4))),
    };
    let mut text = rule("") + &lines(head, widths, columns);
    for (title, rows) in groups {
        text += &rule(title);
        text.extend(rows.iter().map(|row| lines(row, widths, columns)));
    }
    text + &rule("")
}

/// One row, on as many lines as its longest cell has.
fn lines(row: &Row, widths: &[usize], columns: &[usize]) -> String {
    let cell = |at: &usize, line| row.get(*at).and_then(|lines| lines.get(line));
    let line = |line: usize| {
        let text =
            columns.iter().map(|at| (widths[*at], cell(at, line).map_or("", String::as_str)));
        let text: String = text.enumerate().map(aligned).collect();
        text.trim_end().to_owned() + "\n"
    };
    (0..row.iter().map(Vec::len).max().unwrap_or(0)).map(line).collect()
}

fn aligned((place, (width, text)): (usize, (usize, &str))) -> String {
    if place == 0 { format!("{text:<width$}") } else { format!("{text:>width$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(title: &str, name: &str, cells: &[&str]) -> Group {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Group { title: title.to_owned(), rows: vec![(name.to_owned(), cells)] }
    }

    #[test]
    fn figures_stand_below_each_other_and_groups_below_their_title() {
        let groups =
            [one("a", "time", &["1 µs", "12 µs\n9 µs"]), one("", "longer words", &["3", ""])];
        let expected = "\
───────────────────
        lab1   lab2
── a ──────────────
time    1 µs  12 µs
               9 µs
───────────────────
longer     3
words
───────────────────
";
        assert_eq!(draw(&["lab1", "lab2"], &groups, 7), expected);
    }

    #[test]
    fn what_does_not_fit_stands_below() {
        let wide = "x".repeat(30);
        let text = draw(&["a", "b", "c"], &[one("", "name", &[&wide, &wide, &wide])], 20);
        assert!(text.lines().all(|line| letters(line) <= COLUMNS), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("name")).count(), 2, "{text}");
    }
}
