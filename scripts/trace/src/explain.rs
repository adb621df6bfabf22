//! Explains a log of strace: one line a call, in plain words, with the waiting made visible.

use std::io::{self, Read, Write};
use std::time::Duration;

use crate::call_paths::{self, CallPaths};
use crate::page::{self, Explainer, Ink, Page, WIDTH};
use crate::semantics::ConnectionTable;
use crate::strace::{self, Call, End, Joiner, Kind, Line, WAIT};

mod client_notes;
mod clock;
mod counts;
mod notes;
mod payload;
mod renderer;
mod sentence;
mod summary;

use clock::Clock;
use renderer::Renderer;

pub use crate::page::{CLIENTS, Style};
pub use client_notes::ClientNotes;
pub use sentence::{say, wait};

/// How to explain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Show the calls that are not about sockets too.
    pub all: bool,
    /// Somebody watches at a terminal: show in which call a thread is asleep right now.
    pub live: bool,
    /// How to write.
    pub style: Style,
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
    run_with_paths(input, output, (client_notes, CallPaths::default()), options)
}

/// The same, and where a line has the columns for it, its end is the line of the source from which the call was made.
///
/// # Errors
/// If the input cannot be read, or the output not written.
pub fn run_with_paths(
    input: impl Read,
    output: impl Write,
    (client_notes, paths): (ClientNotes, CallPaths),
    options: Options,
) -> io::Result<()> {
    let driver = Driver {
        table: ConnectionTable::new(client_notes.names()),
        client_notes,
        clock: Clock::default(),
        renderer: Renderer::new(options.all, Page::new(options.style)),
        options,
        end: None,
    };
    page::run(Trace { joiner: Joiner::new(), driver, paths, calls: 0 }, input, output)
}

/// A log of strace, line by line.
#[derive(Debug)]
struct Trace {
    joiner: Joiner,
    driver: Driver,
    paths: CallPaths,
    /// How many whole calls there were, so far.
    calls: usize,
}

impl Explainer for Trace {
    fn page(&mut self) -> &mut Page {
        &mut self.driver.renderer.page
    }

    fn line(&mut self, line: &[u8]) {
        let mut parsed = strace::parse(line);
        parsed.at = self.driver.clock.since_start(parsed.at);
        let is_start = matches!(parsed.kind, Kind::Unfinished { .. });
        match self.joiner.join(parsed) {
            Some(Line { kind: Kind::Unknown, .. }) => self.driver.unknown(line),
            Some(line) => {
                if let Kind::Call(_) = line.kind {
                    self.driver.renderer.place = call_paths::place(&self.paths.path(self.calls));
                    self.calls += 1;
                } else {
                    self.driver.renderer.place = None;
                }
                self.driver.explain(&line);
            }
            None if is_start => {}
            // The end of a call, and no call when it is joined to its start.
            None => self.driver.unknown(line),
        }
    }

    fn pause(&mut self, begun: &[u8]) {
        if self.driver.options.live {
            let begun = strace::parse_started(begun);
            self.driver.show_asleep(begun.into_iter().chain(self.joiner.started()));
        }
    }

    fn finish(&mut self) {
        for line in self.joiner.started() {
            self.driver.still_asleep(&line);
        }
        self.driver.finish();
    }
}

/// Explains in the order of time: what the server does, and what its clients do.
#[derive(Debug)]
struct Driver {
    table: ConnectionTable,
    client_notes: ClientNotes,
    clock: Clock,
    renderer: Renderer,
    options: Options,
    /// How the thread that was the last to end has ended: that is how the program has.
    end: Option<End>,
}

impl Driver {
    fn explain(&mut self, line: &Line<'_>) {
        self.client_notes_until(line.at);
        match line.kind {
            Kind::Call(call) => {
                let slept = self.sleep(line, &call);
                if let Some(took) = slept {
                    self.client_notes_until(line.at.map(|at| at + took));
                }
                let attributed = self.table.apply(&call);
                self.renderer.happened(line, &call, (&attributed, slept));
            }
            Kind::Signal { name, details } => self.renderer.signal(line, name, details),
            Kind::Ended(end) => self.end = Some(end),
            _ => {}
        }
    }

    /// Writes what the clients have noted until `now`.
    fn client_notes_until(&mut self, now: Option<Duration>) {
        if let (Some(now), Some(zero)) = (now, self.clock.zero()) {
            self.client_notes.write_until(now, zero, &self.table, &mut self.renderer.page);
        }
    }

    /// If a call has waited for somebody, writes so, and returns how long.
    fn sleep(&mut self, line: &Line<'_>, call: &Call<'_>) -> Option<Duration> {
        let took = call.took.filter(|took| *took > WAIT)?;
        let wait = self.table.waits_for(call)?;
        self.renderer.slept(line, (call, took), wait.client.as_ref());
        Some(took)
    }

    /// A line that is none of strace.
    fn unknown(&mut self, line: &[u8]) {
        self.renderer.summary.unknown += 1;
        if self.options.all {
            let start: String = String::from_utf8_lossy(line).chars().take(WIDTH).collect();
            self.renderer.page.line(Ink::Dim, &start, 2);
        }
    }

    /// Shows, until the next line comes, which thread is asleep and what for.
    fn show_asleep<'a>(&mut self, mut calls: impl Iterator<Item = Line<'a>>) {
        let asleep = calls.find_map(|line| match line.kind {
            Kind::Unfinished { name, args } => {
                Some((name, self.table.waits_for(&strace::begun(name, args))?))
            }
            _ => None,
        });
        if let Some((name, wait)) = asleep {
            let mut text = String::from(" now: ");
            sentence::wait(name, wait.client.as_ref(), None, &mut text);
            self.renderer.page.status(&(text + " "));
        }
    }

    /// Writes that a call has not come back before the log ends.
    fn still_asleep(&mut self, line: &Line<'_>) {
        let Kind::Unfinished { name, args } = line.kind else { return };
        if let Some(wait) = self.table.waits_for(&strace::begun(name, args)) {
            let last = self.clock.last();
            let took = last.saturating_sub(line.at.unwrap_or(last));
            self.renderer.still_asleep(line, (name, took), wait.client.as_ref());
        }
    }

    /// Writes what is left to write, and sums up.
    fn finish(&mut self) {
        let forever = Duration::MAX / 4;
        let (notes, page) = (&mut self.client_notes, &mut self.renderer.page);
        notes.write_until(forever, self.clock.zero().unwrap_or_default(), &self.table, page);
        match self.end {
            Some(End::Exit(code)) => {
                page.line(Ink::Title, &format!("The program has ended with exit code {code}."), 2);
            }
            Some(End::Killed) => page.line(Ink::Error, "A signal has killed the program.", 2),
            None => {}
        }
        self.renderer.finish(self.table.clients(), self.client_notes.summary().as_deref());
    }
}
