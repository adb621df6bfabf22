//! Explains a log of strace: one line a call, in plain words, with the waiting made visible.

use std::io::{self, Read, Write};

use crate::lines::{Lines, Next};
use crate::strace::{self, Joiner, Kind, Line};

mod clock;
mod duration;
mod folds;
mod guests;
mod notes;
mod page;
mod sentence;
mod speech;
mod summary;
mod teller;
mod voice;

use clock::Clock;
use page::Page;
use teller::Teller;

pub(crate) use crate::strace::WAIT;
pub(crate) use duration::Human;
pub use guests::Guests;
pub(crate) use page::CLIENTS;
pub(crate) use sentence::say;

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

/// Explains all of `input`, as it comes, to `output`. `guests` are what the clients themselves have
/// recorded, if they have.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn run(
    input: impl Read,
    output: impl Write,
    guests: Guests,
    options: Options,
) -> io::Result<()> {
    let mut lines = Lines::new(input);
    let mut explainer = Explainer::new(output, guests, options);
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
    teller: Teller,
    page: Page<W>,
    options: Options,
}

impl<W: Write> Explainer<W> {
    /// Explains to `output`. `guests` are what the clients themselves have recorded, if they have.
    pub fn new(output: W, guests: Guests, options: Options) -> Self {
        colored::control::set_override(options.colour);
        Self {
            joiner: Joiner::new(),
            clock: Clock::default(),
            teller: Teller::new(guests, options),
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
            Some(Line { kind: Kind::Unknown, .. }) => self.teller.unknown(line, &mut self.page),
            Some(line) => self.teller.tell(&line, self.clock.zero(), &mut self.page),
            None if is_start => {}
            // The end of a call, and no call when it is joined to its start.
            None => self.teller.unknown(line, &mut self.page),
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
            self.teller.show_asleep(asleep, &mut self.page);
        }
        self.page.flush()
    }

    /// The log has ended: tells what is left to tell, and sums up.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        for line in self.joiner.started() {
            self.teller.still_asleep(&line, self.clock.last(), &mut self.page);
        }
        self.teller.finish(&mut self.page);
        self.page.flush()
    }
}

/// Whether a call of this name may wait for others.
pub(crate) fn is_wait(name: &str) -> bool {
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
