//! Shows the bytes of a connection, one row for each line of bytes: `sent      GET name\n`.

use std::io::{self, Write};

use codec::escapes::escape;

/// A row has at most this many columns.
const WIDTH: usize = 80;
/// So many bytes of a line are kept to be shown. No row has place for more.
const KEPT: usize = WIDTH;

/// The rows of one connection.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    /// The bytes that have been received since the last line break.
    open: Line,
}

/// A line of bytes, or the first bytes of a long one.
#[derive(Debug, Default)]
struct Line {
    first: Vec<u8>,
    size: usize,
}

impl Transcript {
    /// Shows bytes that are sent.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(super) fn sent(bytes: &[u8]) -> io::Result<()> {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(Line::from);
        print(lines.map(|line| line.row("sent")))
    }

    /// Shows the lines that end in these bytes. The rest waits for more bytes.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(super) fn received(&mut self, bytes: &[u8]) -> io::Result<()> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.open.extend(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(())
    }

    /// Shows the bytes that wait, although no line break has come.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(super) fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.open);
        print((line.size > 0).then(|| line.row("received")))
    }
}

impl From<&[u8]> for Line {
    fn from(bytes: &[u8]) -> Self {
        let mut line = Self::default();
        line.extend(bytes);
        line
    }
}

impl Line {
    fn extend(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.first.len()).min(bytes.len());
        self.first.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.size += bytes.len();
    }

    /// The row that shows this line. If the line is long, it is cut and the row says how long it is.
    fn row(&self, direction: &str) -> String {
        let whole = format!("{direction:<10}{}", escape(&self.first));
        if self.first.len() == self.size && whole.chars().count() <= WIDTH {
            return whole;
        }
        let end = format!("… ({} bytes)", self.size);
        let room = WIDTH - end.chars().count();
        // No escape is cut in two.
        let cuts = (0..=self.first.len()).rev().filter_map(|size| self.first.get(..size));
        let mut rows = cuts.map(|first| format!("{direction:<10}{}", escape(first)));
        rows.find(|row| row.chars().count() <= room).unwrap_or_default() + &end
    }
}

fn print(rows: impl IntoIterator<Item = String>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    for row in rows {
        writeln!(stdout, "{row}")?;
    }
    stdout.flush()
}
