//! The statements of a source file, as far as its line ends tell: enough to offer whole lines, and never two of one
//! statement.

use std::ops::Range;

use super::super::source::{Line, Source};

/// The statements of a file.
pub(super) struct Statements<'a> {
    file: &'a str,
    lines: &'a [String],
    /// Each as the places of its lines.
    all: Vec<Range<usize>>,
}

impl<'a> Statements<'a> {
    pub(super) fn of(source: &'a Source, file: &'a str) -> Self {
        let lines = source.lines(file);
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut before = "";
        for (index, line) in lines.iter().enumerate() {
            let text = code(line);
            if text == "#[cfg(test)]" {
                break;
            }
            match all.last_mut() {
                Some(last) if !text.is_empty() && !begins(before, text) => last.end = index + 1,
                _ if text.is_empty() => {}
                _ => all.push(index..index + 1),
            }
            if !text.is_empty() {
                before = text;
            }
        }
        Self { file, lines, all }
    }

    /// All lines of the statement that this line is in.
    pub(super) fn with(&self, line: &Line) -> Vec<Line> {
        let index = index(line);
        let statement = self.all.iter().find(|statement| statement.contains(&index));
        statement.cloned().unwrap_or(index..index + 1).map(|index| self.line(index)).collect()
    }

    /// Statements of one line that call something.
    fn that_call(&self) -> impl Iterator<Item = Line> {
        let calls = |statement: &&Range<usize>| {
            let text = self.lines.get(statement.start).map_or("", |line| code(line));
            statement.len() == 1 && calls(text)
        };
        self.all.iter().filter(calls).map(|statement| self.line(statement.start))
    }

    fn line(&self, index: usize) -> Line {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        Line { file: self.file.to_owned(), number }
    }
}

/// Statements of one line that call something: those of the same file first, the nearest before the others.
pub(super) fn near(source: &Source, line: &Line) -> Vec<Line> {
    let all = source.served_by().flat_map(|file| {
        let statements = Statements::of(source, file);
        statements.that_call().collect::<Vec<_>>()
    });
    let mut near: Vec<Line> = all.collect();
    near.sort_by_key(|it| (it.file != line.file, it.number.abs_diff(line.number)));
    near
}

fn index(line: &Line) -> usize {
    usize::try_from(line.number).unwrap_or(usize::MAX).saturating_sub(1)
}

/// A line without its comment.
fn code(line: &str) -> &str {
    let code = line.trim();
    if code.starts_with("//") { "" } else { code.split(" //").next().unwrap_or(code).trim_end() }
}

/// Whether a line begins a statement, or an arm of a match, after the one before.
fn begins(before: &str, text: &str) -> bool {
    let goes_on = text.starts_with(['.', '?', ')', ']']);
    let is_arm = before.ends_with(',') && text.contains("=>");
    let is_over = before.is_empty() || before.ends_with([';', '{', '}']);
    !goes_on && (is_arm || is_over || before.starts_with("#["))
}

/// Whether a line calls a function.
fn calls(text: &str) -> bool {
    let is_other = text.starts_with(['}', '#']) || text.starts_with("use ");
    let is_macro = text.contains("!(");
    let is_head = text.starts_with("fn ") || text.contains(" fn ");
    text.contains('(')
        && text.ends_with([';', '{', '}', ',', ')'])
        && !is_other
        && !is_macro
        && !is_head
}
