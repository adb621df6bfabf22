//! The page that an explanation is written on: columns, colours, lines that break between words, notes that
//! are written once, and a last line that says what happens right now.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::time::Duration;

use codec::printable;

use crate::duration::Human;
use crate::lines::{Lines, Next};

mod ink;

pub use ink::CLIENTS;
pub(crate) use ink::Ink;

/// Columns of a line, where possible: notes break there, and long values are cut to fit.
pub(crate) const WIDTH: usize = 100;
/// A row with the line of its call is no wider than this if the output is no terminal.
const WIDE: usize = 120;
/// Where the sentence begins: behind the time, the duration and the name of the call.
pub(crate) const MARGIN: usize = 36;
/// So much is collected before it is written, in bytes.
const FULL: usize = 64 * 1024;

/// For whom an explanation is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Write in colour.
    pub colour: bool,
    /// How many columns the terminal has. Longer lines break between words. `None` if the output is no
    /// terminal: then no line of a call breaks, so that other programs can read it.
    pub columns: Option<usize>,
}

/// An explanation, up to where it was written.
#[derive(Debug, Default)]
pub(crate) struct Page {
    style: Style,
    text: String,
    /// Where in its line the next letter goes.
    column: usize,
    has_status: bool,
    /// The notes that were written.
    noted: HashSet<String>,
    /// The names of the columns stand above the first row.
    has_heading: bool,
}

/// What explains a text line by line.
pub(crate) trait Explainer {
    /// The page that it writes on.
    fn page(&mut self) -> &mut Page;

    /// Explains a line, without its `\n`.
    fn line(&mut self, line: &[u8]);

    /// Nothing more has come for now, except `begun`, the start of a line.
    fn pause(&mut self, _begun: &[u8]) {}

    /// The text has ended.
    fn finish(&mut self) {}
}

/// Explains all of `input` to `output`, each line as soon as it comes.
pub(crate) fn run(
    mut explainer: impl Explainer,
    input: impl Read,
    mut output: impl Write,
) -> io::Result<()> {
    let mut lines = Lines::new(input);
    loop {
        let next = lines.next()?;
        let is_pause = !matches!(next, Next::Line(_));
        let is_end = next == Next::End;
        match next {
            Next::Line(line) => explainer.line(line),
            Next::Pause(begun) => explainer.pause(begun),
            Next::End => explainer.finish(),
        }
        let page = explainer.page();
        if is_pause || page.text.len() >= FULL {
            output.write_all(page.text.as_bytes())?;
            output.flush()?;
            page.text.clear();
        }
        if is_end {
            return Ok(());
        }
    }
}

impl Page {
    pub(crate) fn new(style: Style) -> Self {
        colored::control::set_override(style.colour);
        Self { style, ..Self::default() }
    }

    /// A line about a call: when it was, how long it took, which call, and what to say about it.
    pub(crate) fn row(
        &mut self,
        (at, took): (Option<Duration>, Option<Duration>),
        call: &str,
        ink: Ink,
        text: &str,
    ) {
        self.row_with_place((at, took), call, ink, (text, None));
    }

    /// The same, and at its end from which line of the source the call was made, if that fits. Returns whether it did.
    pub(crate) fn row_with_place(
        &mut self,
        (at, took): (Option<Duration>, Option<Duration>),
        call: &str,
        ink: Ink,
        (text, place): (&str, Option<&str>),
    ) -> bool {
        if !std::mem::replace(&mut self.has_heading, true) {
            let heading = format!("{:>11}{:>9}  {:<13} what happened", "at (ms)", "took", "call");
            self.line(Ink::Dim, &heading, MARGIN);
        }
        let at = at.map(|at| at.as_micros());
        let at = at.map(|micros| format!("{:>7}.{:03}", micros / 1000, micros % 1000));
        let took = took.map(|took| Human(took).to_string());
        let is_wait = ink == Ink::Waiting;
        let (dim, plain) = if is_wait { (Ink::Plain, Ink::Plain) } else { (Ink::Dim, ink) };
        self.put(Ink::Dim, &format!("{:11}", at.unwrap_or_default()), MARGIN);
        self.put(dim, &format!("{:>9}", took.unwrap_or_default()), MARGIN);
        self.put(plain, &format!("  {call:<13} "), MARGIN);
        self.put(ink, text, MARGIN);
        let width = self.style.columns.unwrap_or(WIDE);
        let place = place.filter(|place| self.column + 2 + place.chars().count() <= width);
        if let Some(place) = place {
            self.put(Ink::Dim, &format!("  {place}"), MARGIN);
        }
        self.end_line();
        place.is_some()
    }

    /// A line of its own, from the first column. If it breaks, the rest begins at `indent`.
    pub(crate) fn line(&mut self, ink: Ink, text: &str, indent: usize) {
        self.put(ink, text, indent);
        self.end_line();
    }

    /// A remark below a line, from the column `indent` on, unless there was one of this name.
    pub(crate) fn note(&mut self, name: &str, text: &str, indent: usize) {
        if name.is_empty() || self.noted.contains(name) {
            return;
        }
        self.noted.insert(name.to_owned());
        let width = self.style.columns.map_or(WIDTH, |columns| columns.min(WIDTH));
        self.put(Ink::Plain, &format!("{:indent$}", ""), indent);
        self.flow(Ink::Dim, &format!("└ {text}"), indent + 2, width);
        self.end_line();
    }

    /// What goes on right now, on a line that the next one replaces.
    pub(crate) fn status(&mut self, text: &str) {
        self.clear_status();
        // A line that has broken could not be taken back.
        let most = self.style.columns.unwrap_or(WIDTH).saturating_sub(1);
        let text: String = text.chars().take(most).collect();
        self.paint(Ink::Waiting, &printable::one_line(&text));
        self.has_status = true;
    }

    fn clear_status(&mut self) {
        if std::mem::take(&mut self.has_status) {
            self.text.push_str("\r\x1b[2K");
        }
    }

    /// Continues the line. If it breaks, the rest begins at `indent`.
    pub(crate) fn put(&mut self, ink: Ink, text: &str, indent: usize) {
        self.flow(ink, text, indent, self.style.columns.unwrap_or(usize::MAX));
    }

    pub(crate) fn end_line(&mut self) {
        self.clear_status();
        self.text.push('\n');
        self.column = 0;
    }

    /// Writes words, and begins a new line before one that would reach over `width`.
    fn flow(&mut self, ink: Ink, text: &str, indent: usize, width: usize) {
        self.clear_status();
        // A log may hold what commands a terminal.
        let text = printable::one_line(text);
        let indent = indent.min(width / 2);
        let mut start = 0;
        for (place, word) in words(&text) {
            if self.column + word.trim_end().chars().count() > width && self.column > indent {
                self.paint(ink, text.get(start..place).unwrap_or_default().trim_end());
                _ = write!(self.text, "\n{:indent$}", "");
                (start, self.column) = (place, indent);
            }
            self.column += word.chars().count();
        }
        self.paint(ink, text.get(start..).unwrap_or_default());
    }

    fn paint(&mut self, ink: Ink, text: &str) {
        if self.style.colour && ink != Ink::Plain && !text.trim().is_empty() {
            _ = write!(self.text, "{}", ink.on(text));
        } else {
            self.text.push_str(text);
        }
    }
}

/// The words of a text with the spaces behind them, and where each begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive(' ').scan(0, |end, word| {
        let start = *end;
        *end += word.len();
        Some((start, word))
    })
}
