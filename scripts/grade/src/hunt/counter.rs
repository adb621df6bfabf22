//! How far a hunt is: a line in a terminal, which is written anew with each server that is judged.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

pub(super) struct Counter {
    judged: Mutex<usize>,
    all: usize,
    is_shown: bool,
}

impl Counter {
    pub(super) fn new(all: usize) -> Self {
        // What is caught goes to stdout, which a script may read; the line goes to stderr, and a file needs none.
        let is_shown = io::stdout().is_terminal() && io::stderr().is_terminal();
        Self { judged: Mutex::new(0), all, is_shown }
    }

    /// One more is judged.
    pub(super) fn add(&self) {
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        *judged += 1;
        self.show(*judged);
    }

    /// Shows the line before the first one is judged.
    pub(super) fn begin(&self) {
        self.show(0);
    }

    /// Removes the line, so that others can be written in its place.
    pub(super) fn clear(&self) {
        self.write("");
    }

    fn show(&self, judged: usize) {
        self.write(&format!("  {judged} of {} servers are judged", self.all));
    }

    fn write(&self, text: &str) {
        if self.is_shown {
            // A terminal that takes no more is no reason to end the hunt.
            _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }
}
