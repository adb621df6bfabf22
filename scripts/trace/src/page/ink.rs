//! The colours of a page.

use colored::{Color, ColoredString, Colorize};

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
pub(crate) enum Ink {
    Plain,
    /// For those who want to know more.
    Dim,
    /// Somebody waits.
    Waiting,
    Error,
    Title,
    /// Bytes that a client has sent.
    Request,
    /// Bytes that a server has sent.
    Reply,
    /// Bytes that were copied within the server.
    Copy,
    /// A client, by its number.
    Client(usize),
}

impl Ink {
    pub(super) fn on(self, text: &str) -> ColoredString {
        match self {
            Ink::Plain => text.normal(),
            Ink::Dim => text.dimmed(),
            Ink::Waiting => text.black().on_yellow(),
            Ink::Error => text.red().bold(),
            Ink::Title => text.bold(),
            Ink::Request => text.cyan(),
            Ink::Reply => text.green(),
            Ink::Copy => text.magenta(),
            Ink::Client(number) => {
                text.color(CLIENTS.get(number % CLIENTS.len()).copied().unwrap_or(Color::White))
            }
        }
    }
}
