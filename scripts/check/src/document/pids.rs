//! Process ids that a document names: `kill 4242` is typed with the number that the process has in this replay.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Where a line tells a process id: `pid 4242`, `pid=4242`, and `[1] 4242` of bash.
static TOLD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:\b(?i:pid)[ =:]+|^\[\d+\] )(\d+)\b").ok());
/// What a document may write for a process id. A shorter number may be something else in the next line.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b\d{4,}\b").ok());

/// The process ids of the document, and what they are in this replay.
#[derive(Debug, Default)]
pub struct Pids(BTreeMap<String, String>);

impl Pids {
    /// Notes the process ids of a line that has come. The last process with a number counts.
    pub fn learn(&mut self, expected: &str, actual: &str) {
        self.0.extend(told(expected).zip(told(actual)));
    }

    /// The text, with the process ids of this replay.
    pub fn apply(&self, text: &str) -> String {
        let known = |number: &Captures<'_>| {
            let number = number.get(0).map_or("", |found| found.as_str());
            self.0.get(number).map_or(number, String::as_str).to_owned()
        };
        NUMBER.as_ref().map_or_else(
            || text.to_owned(),
            |numbers| numbers.replace_all(text, known).into_owned(),
        )
    }
}

fn told(line: &str) -> impl Iterator<Item = String> {
    let found = TOLD.as_ref().map(|told| told.captures_iter(line));
    found.into_iter().flatten().map(|number| number[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_a_line_has_told_is_replaced_where_it_stands_alone() {
        let mut pids = Pids::default();
        assert_eq!(pids.apply("kill 4242"), "kill 4242");
        pids.learn("lab1 listening (pid 4242)", "lab1 listening (pid 70123)");
        pids.learn("[1] 4300", "[1] 70200");
        assert_eq!(pids.apply("kill 4242 4300"), "kill 70123 70200");
        assert_eq!(pids.apply("42421 port 6379"), "42421 port 6379");
    }

    #[test]
    fn the_process_id_of_a_replay_may_be_short_and_that_of_a_document_is_not() {
        let mut pids = Pids::default();
        pids.learn("lab1 listening (pid 4242)", "lab1 listening (pid 508)");
        assert_eq!(pids.apply("kill 4242"), "kill 508");
        pids.learn("(pid 5)", "(pid 77)");
        assert_eq!(pids.apply("sleep 5"), "sleep 5");
    }
}
