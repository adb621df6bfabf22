//! How often each call was made.

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
