//! The page: columns, colours, and the line at its end that tells what goes on right now.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use colored::{Color, ColoredString, Colorize};

use crate::duration::Human;

/// Columns of a line, where possible.
pub(super) const WIDTH: usize = 100;
/// Where the sentence begins: behind the time, the duration and the name of the call.
pub(super) const MARGIN: usize = 36;
/// So much is collected before it is written, in bytes.
const FULL: usize = 64 * 1024;

/// Neither yellow, which is for waiting, nor red, which is for errors; all are readable on black and on
/// white.
pub const CLIENTS: [Color; 8] = [
    Color::Cyan,
    Color::Magenta,
    Color::Green,
    Color::Blue,
    Color::BrightCyan,
    Color::BrightMagenta,
    Color::BrightGreen,
    Color::BrightBlue,
];

/// What a text is about, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    /// For those who want to know more.
    Dim,
    /// Somebody waits.
    Waiting,
    Error,
    Title,
    /// A client, by its number.
    Client(usize),
}

impl Ink {
    fn on(self, text: &str) -> ColoredString {
        match self {
            Ink::Plain => text.normal(),
            Ink::Dim => text.dimmed(),
            Ink::Waiting => text.black().on_yellow(),
            Ink::Error => text.red().bold(),
            Ink::Title => text.bold(),
            Ink::Client(number) => {
                text.color(CLIENTS.get(number % CLIENTS.len()).copied().unwrap_or(Color::White))
            }
        }
    }
}

/// A line about a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) at: Option<Duration>,
    pub(super) took: Option<Duration>,
    pub(super) call: &'a str,
    pub(super) ink: Ink,
    pub(super) text: &'a str,
}

/// Where the explanation is written.
#[derive(Debug)]
pub(super) struct Page<W> {
    output: W,
    text: String,
    scratch: String,
    colour: bool,
    has_status: bool,
}

impl<W: Write> Page<W> {
    pub(super) fn new(output: W, colour: bool) -> Self {
        let (text, scratch) = (String::new(), String::new());
        Self { output, text, scratch, colour, has_status: false }
    }

    pub(super) fn row(&mut self, row: &Row<'_>) {
        self.clear_status();
        self.scratch.clear();
        match row.at {
            Some(at) => {
                let micros = at.as_micros();
                _ = write!(self.scratch, "{:>7}.{:03}", micros / 1000, micros % 1000);
            }
            None => self.scratch.push_str("           "),
        }
        self.paint_scratch(Ink::Dim);
        match row.took {
            Some(took) => _ = write!(self.scratch, "{:>9}", Human(took).to_string()),
            None => self.scratch.push_str("         "),
        }
        self.paint_scratch(if row.ink == Ink::Waiting { Ink::Plain } else { Ink::Dim });
        self.text.push_str("  ");
        _ = write!(self.scratch, "{:<13}", row.call);
        self.paint_scratch(if row.ink == Ink::Waiting { Ink::Plain } else { row.ink });
        self.text.push(' ');
        self.paint(row.ink, row.text);
        self.text.push('\n');
    }

    /// A line of its own, from the first column.
    pub(super) fn line(&mut self, ink: Ink, text: &str) {
        self.clear_status();
        self.paint(ink, text);
        self.text.push('\n');
    }

    /// A remark below the sentence of a row.
    pub(super) fn note(&mut self, text: &str) {
        self.clear_status();
        for (index, line) in wrap(text, WIDTH - MARGIN - 2).iter().enumerate() {
            let mark = if index == 0 { "└ " } else { "  " };
            self.scratch.push_str(mark);
            self.scratch.push_str(line);
            _ = write!(self.text, "{:MARGIN$}", "");
            self.paint_scratch(Ink::Dim);
            self.text.push('\n');
        }
    }

    /// What goes on right now, on a line that the next one replaces.
    pub(super) fn status(&mut self, text: &str) {
        self.clear_status();
        self.paint(Ink::Waiting, text);
        self.has_status = true;
    }

    fn clear_status(&mut self) {
        if std::mem::take(&mut self.has_status) {
            self.text.push_str("\r\x1b[2K");
        }
    }

    fn paint_scratch(&mut self, ink: Ink) {
        let scratch = std::mem::take(&mut self.scratch);
        self.paint(ink, &scratch);
        self.scratch = scratch;
        self.scratch.clear();
    }

    /// Nothing that a log holds may command the terminal, so control characters are left out.
    fn paint(&mut self, ink: Ink, text: &str) {
        if text.contains(char::is_control) {
            let clean: String = text.chars().filter(|letter| !letter.is_control()).collect();
            self.paint(ink, &clean);
        } else if self.colour && ink != Ink::Plain {
            _ = write!(self.text, "{}", ink.on(text));
        } else {
            self.text.push_str(text);
        }
    }

    pub(super) fn flush_if_full(&mut self) -> io::Result<()> {
        if self.text.len() < FULL { Ok(()) } else { self.flush() }
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(self.text.as_bytes())?;
        self.text.clear();
        self.output.flush()
    }
}

/// Breaks a text into lines of at most `width` letters, at spaces.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
