//! How far a soak has come: one line that changes on a terminal, a line every ten seconds elsewhere.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use kit::bench::text::{count, number};

use super::book::{Book, Count};
use super::look::Look;
use super::report::mebibytes;

/// How often there is a line where lines stay.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows progress on standard error.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    last: Instant,
}

impl Progress {
    /// Nothing is shown yet.
    pub fn new() -> Self {
        let bar = stderr().is_terminal().then(ProgressBar::new_spinner);
        Self { bar, last: Instant::now() }
    }

    /// Shows how it is now, `left` before the end.
    pub fn show(&mut self, book: &Book, look: Option<Look>, left: Duration) {
        if self.bar.is_none() && self.last.elapsed() < BETWEEN_LINES {
            return;
        }
        self.last = Instant::now();
        let troubles = book.troubles();
        let bad = troubles.wrong.count + troubles.lost.count;
        let server = look.map(|look| {
            format!(", server {}, {} descriptors", mebibytes(look.memory), number(look.descriptors))
        });
        let line = format!(
            "{} s left: {} held of {}, {} answered, {} expired, {}{}",
            left.as_secs(),
            number(book.count(Count::Held)),
            count(book.count(Count::Connections), "connection"),
            number(book.count(Count::Answered)),
            number(book.count(Count::Expired)),
            if bad == 0 { "nothing wrong".to_owned() } else { format!("{} WRONG", number(bad)) },
            server.unwrap_or_default(),
        );
        match &self.bar {
            Some(bar) => {
                bar.set_message(line);
                bar.tick();
            }
            None => eprintln!("{line}"),
        }
    }

    /// Takes the line away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
