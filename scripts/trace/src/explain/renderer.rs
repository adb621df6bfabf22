//! Puts what has happened on the page: a row for it, a note if it is the first of its kind.

use std::fmt::Write as _;
use std::time::Duration;

use crate::duration::Human;
use crate::page::{Ink, MARGIN, Page};
use crate::semantics::{Attributed, Client, Event, poll_timeout};
use crate::strace::{Call, Line};

use super::summary::Summary;
use super::{notes, sentence};

/// More threads than this are not told apart: a garbled log must not fill our memory.
const MOST_THREADS: usize = 256;

/// What was written so far.
#[derive(Debug, Default)]
pub(super) struct Renderer {
    pub(super) page: Page,
    pub(super) summary: Summary,
    shows_all: bool,
    /// The threads that have touched sockets, in the order of their appearance.
    threads: Vec<u32>,
    sentence: String,
    /// From which line of the source the call was made that is told now; `None` once a row has it.
    pub(super) place: Option<String>,
}

impl Renderer {
    pub(super) fn new(shows_all: bool, page: Page) -> Self {
        Self { page, shows_all, ..Self::default() }
    }

    /// Writes that the program was asleep in a call.
    pub(super) fn slept(
        &mut self,
        line: &Line<'_>,
        (call, took): (&Call<'_>, Duration),
        client: Option<&Client>,
    ) {
        self.write_elided();
        self.summary.slept(call.name, took);
        self.begin(line.thread);
        sentence::wait(call.name, client, Some(took), &mut self.sentence);
        if let Some(timeout) = poll_timeout(call) {
            _ = write!(self.sentence, " ({} at most)", Human(timeout));
        }
        self.row(line.at, Some(took), call.name, Ink::Waiting);
        let note = notes::on_sleep(call.name);
        self.page.note(note, note, MARGIN);
    }

    /// Writes what a call has done. If it has slept, that was written already, and this is its end.
    pub(super) fn happened(
        &mut self,
        line: &Line<'_>,
        call: &Call<'_>,
        (attributed, slept): (&Attributed<'_>, Option<Duration>),
    ) {
        let (name, event) = (call.name, &attributed.event);
        if is_hidden(event) {
            // A call that has slept is about sockets, but nothing else is known about it.
            if slept.is_some() {
                self.summary.add(name, event);
                self.summary.time(line.at, slept);
                return;
            }
            self.summary.add_elided(name, event);
            if self.shows_all {
                self.sentence.clear();
                raw(call, &mut self.sentence);
                self.row(line.at, call.took, name, Ink::Dim);
            }
            return;
        }
        self.write_elided();
        let is_about_sockets = !matches!(event, Event::Wrote { .. });
        if is_about_sockets {
            self.summary.add(name, event);
            self.summary.time(line.at, call.took);
        }
        // The line of the signal, or of the end of the program, says it better.
        let is_said_elsewhere = match event {
            Event::NeverReturned => true,
            Event::Interrupted => slept.is_some(),
            _ => false,
        };
        if is_said_elsewhere {
            return;
        }
        self.begin(line.thread.filter(|_| is_about_sockets));
        sentence::say(attributed, call, &mut self.sentence);
        match slept {
            Some(slept) => self.row(line.at.map(|at| at + slept), None, name, ink(attributed)),
            None => self.row(line.at, call.took, name, ink(attributed)),
        }
        for note in notes::on(name, event) {
            self.page.note(note, note, MARGIN);
        }
    }

    /// Writes a signal.
    pub(super) fn signal(&mut self, line: &Line<'_>, name: &str, details: &[u8]) {
        self.sentence.clear();
        sentence::signal(name, details, &mut self.sentence);
        self.row(line.at, None, name, Ink::Title);
    }

    /// Writes that a call has not ended.
    pub(super) fn still_asleep(
        &mut self,
        line: &Line<'_>,
        (call, took): (&str, Duration),
        client: Option<&Client>,
    ) {
        self.summary.slept(call, took);
        self.summary.time(line.at, Some(took));
        self.begin(line.thread);
        sentence::wait(call, client, None, &mut self.sentence);
        self.sentence.push_str(", when the trace ends");
        self.row(line.at, Some(took).filter(|took| !took.is_zero()), call, Ink::Waiting);
    }

    /// Sums up.
    pub(super) fn finish(&mut self, clients: usize, waiting: Option<&str>) {
        self.write_elided();
        self.summary.write(clients, waiting, &mut self.page);
    }

    /// Writes the row of the sentence.
    fn row(&mut self, at: Option<Duration>, took: Option<Duration>, call: &str, ink: Ink) {
        let place = self.place.as_deref();
        if self.page.row_with_place((at, took), call, ink, (&self.sentence, place)) {
            self.place = None;
        }
    }

    fn write_elided(&mut self) {
        if let Some(text) = self.summary.elided_line().filter(|_| !self.shows_all) {
            self.page.line(Ink::Dim, &text, 2);
        }
    }

    /// Begins a sentence. If several threads touch sockets, it names all but the first of them.
    fn begin(&mut self, thread: Option<u32>) {
        self.sentence.clear();
        let Some(thread) = thread else { return };
        let place = self.threads.iter().position(|of| *of == thread).unwrap_or_else(|| {
            if self.threads.len() < MOST_THREADS {
                self.threads.push(thread);
            }
            self.threads.len() - 1
        });
        if place > 0 {
            _ = write!(self.sentence, "[thread {}] ", place + 1);
        }
    }
}

/// Whether it is something that the program does besides talking to clients.
fn is_hidden(event: &Event<'_>) -> bool {
    match event {
        Event::Background => true,
        Event::Wrote { fd, .. } => *fd != 1,
        _ => false,
    }
}

fn ink(attributed: &Attributed<'_>) -> Ink {
    match (&attributed.event, &attributed.client) {
        (Event::Failed, _) => Ink::Error,
        (Event::Sent { payload, .. }, _) if payload.has_error => Ink::Error,
        (Event::Wrote { .. }, _) => Ink::Title,
        (_, Some(client)) => Ink::Client(client.number),
        _ => Ink::Plain,
    }
}

/// A call as strace has shown it, cut to fit.
fn raw(call: &Call<'_>, out: &mut String) {
    const LONGEST: usize = 60;
    let args: Vec<_> = call.args.iter().map(String::from_utf8_lossy).collect();
    _ = write!(out, "({})", args.join(", "));
    if let Some((cut, _)) = out.char_indices().nth(LONGEST) {
        out.truncate(cut);
        out.push('…');
    }
}
