//! Explains a log of strace: one line a call, in plain words, with the waiting made visible.

use std::io::{self, Read, Write};

use crate::lines::{Lines, Next};
use crate::strace::{self, Joiner, Kind, Line};

mod client_notes;
mod clock;
mod driver;
mod elided;
mod notes;
mod page;
mod renderer;
mod sentence;
mod speech;
mod summary;

use clock::Clock;
use driver::Driver;
use page::Page;

pub use crate::strace::WAIT;
pub use client_notes::ClientNotes;
pub use page::CLIENTS;
pub use sentence::say;

/// How to explain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Show the calls that are not about sockets too.
    pub all: bool,
    /// Somebody watches at a terminal: show in which call a thread is asleep right now.
    pub live: bool,
    /// Write in colour.
    pub colour: bool,
}

/// Explains all of `input`, as it comes, to `output`. `client_notes` are what the clients themselves have
/// recorded, if they have.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn run(
    input: impl Read,
    output: impl Write,
    client_notes: ClientNotes,
    options: Options,
) -> io::Result<()> {
    let mut lines = Lines::new(input);
    let mut explainer = Explainer::new(output, client_notes, options);
    loop {
        match lines.next()? {
            Next::Line(line) => explainer.line(line)?,
            Next::Pause(begun) => explainer.pause(begun)?,
            Next::End => return explainer.finish(),
        }
    }
}

/// Explains one line after the other, and writes to `W`.
#[derive(Debug)]
pub struct Explainer<W> {
    joiner: Joiner,
    clock: Clock,
    driver: Driver,
    page: Page<W>,
    options: Options,
}

impl<W: Write> Explainer<W> {
    /// Explains to `output`. `client_notes` are what the clients themselves have recorded, if they have.
    pub fn new(output: W, client_notes: ClientNotes, options: Options) -> Self {
        colored::control::set_override(options.colour);
        Self {
            joiner: Joiner::new(),
            clock: Clock::default(),
            driver: Driver::new(client_notes, options),
            page: Page::new(output, options.colour),
            options,
        }
    }

    /// Explains a line of the log, without its `\n`.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let mut parsed = strace::parse(line);
        parsed.at = self.clock.since_start(parsed.at);
        let is_start = matches!(parsed.kind, Kind::Unfinished { .. });
        match self.joiner.join(parsed) {
            Some(Line { kind: Kind::Unknown, .. }) => self.driver.unknown(line, &mut self.page),
            Some(line) => self.driver.tell(&line, self.clock.zero(), &mut self.page),
            None if is_start => {}
            // The end of a call, and no call when it is joined to its start.
            None => self.driver.unknown(line, &mut self.page),
        }
        self.page.flush_if_full()
    }

    /// Nothing more has come for now. Shows what there is, and in which call the program sleeps, of
    /// which `begun` may be the line.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn pause(&mut self, begun: &[u8]) -> io::Result<()> {
        if self.options.live {
            let begun = strace::parse_started(begun);
            let asleep = begun.into_iter().chain(self.joiner.started());
            self.driver.show_asleep(asleep, &mut self.page);
        }
        self.page.flush()
    }

    /// The log has ended: tells what is left to tell, and sums up.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        for line in self.joiner.started() {
            self.driver.still_asleep(&line, self.clock.last(), &mut self.page);
        }
        self.driver.finish(&mut self.page);
        self.page.flush()
    }
}

/// Whether a call of this name may wait for others.
#[must_use]
pub fn is_wait(name: &str) -> bool {
    const WAITS: &[&str] = &[
        "accept",
        "accept4",
        "recvfrom",
        "recvmsg",
        "recv",
        "read",
        "readv",
        "sendto",
        "sendmsg",
        "send",
        "write",
        "writev",
        "epoll_wait",
        "epoll_pwait",
        "epoll_pwait2",
        "poll",
        "ppoll",
        "select",
        "pselect6",
        "connect",
    ];
    WAITS.contains(&name)
}
