//! How often each call was made, and which calls were not shown.

use crate::semantics::Event;

/// More names than this are not told apart: a garbled log must not fill our memory.
const MOST: usize = 256;

/// How often each call was made.
#[derive(Debug, Default)]
pub(super) struct Counts {
    names: Vec<(String, u64)>,
    total: u64,
}

impl Counts {
    pub(super) fn add(&mut self, name: &str) {
        self.total += 1;
        if let Some((_, count)) = self.names.iter_mut().find(|(of, _)| of == name) {
            *count += 1;
        } else if self.names.len() < MOST {
            self.names.push((name.to_owned(), 1));
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The most frequent ones: `mmap 18, openat 4, …`
    pub(super) fn list(&self, most: usize) -> String {
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let more = (names.len() > most).then(|| "…".to_owned());
        let names = names.iter().take(most).map(|(name, count)| format!("{name} {count}"));
        names.chain(more).collect::<Vec<_>>().join(", ")
    }
}

/// What is not shown.
#[derive(Debug, Default)]
pub(super) struct Elided {
    /// A call about a socket was seen.
    is_serving: bool,
    starting: Counts,
    log: u64,
    other: Counts,
}

impl Elided {
    pub(super) fn add(&mut self, name: &str, event: &Event<'_>) {
        match event {
            _ if !self.is_serving => self.starting.add(name),
            Event::Wrote { .. } => self.log += 1,
            _ => self.other.add(name),
        }
    }

    /// The line that stands for all calls before the first that is about a socket: only once.
    pub(super) fn line(&mut self) -> Option<String> {
        if std::mem::replace(&mut self.is_serving, true) || self.starting.total() == 0 {
            return None;
        }
        let (total, list) = (self.starting.total(), self.starting.list(5));
        Some(format!("… {total} calls that start the program: {list}"))
    }

    /// What was not shown, for the end.
    pub(super) fn summary(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.starting.total() > 0 {
            parts.push(format!("{} calls that start the program", self.starting.total()));
        }
        if self.log > 0 {
            parts.push(format!("{} that write the log", self.log));
        }
        if self.other.total() > 0 {
            let others = if self.other.total() == 1 { "other" } else { "others" };
            parts.push(format!("{} {others}", self.other.total()));
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}
