//! Puts what has happened on the page: a row for it, a note if it is the first of its kind.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use crate::semantics::{Attributed, Event, Who, patience};
use crate::strace::{Call, Line};

use super::elided::Elided;
use super::notes::Notes;
use super::page::{Ink, Page, Row};
use super::sentence;
use super::summary::Summary;
use crate::duration::Human;

/// More threads than this are not told apart: a garbled log must not fill our memory.
const MOST_THREADS: usize = 256;

/// What has been told so far.
#[derive(Debug, Default)]
pub(super) struct Renderer {
    elided: Elided,
    notes: Notes,
    pub(super) summary: Summary,
    shows_all: bool,
    /// The threads that have touched sockets, in the order of their appearance.
    threads: Vec<u32>,
    sentence: String,
}

impl Renderer {
    pub(super) fn new(shows_all: bool) -> Self {
        Self { shows_all, ..Self::default() }
    }

    /// Tells that the program was asleep in a call.
    pub(super) fn slept<W: Write>(
        &mut self,
        line: &Line<'_>,
        (call, took): (&Call<'_>, Duration),
        who: Option<&Who>,
        page: &mut Page<W>,
    ) {
        self.fold(page);
        self.summary.slept(call.name, took);
        self.begin(line.thread);
        sentence::wait(call.name, who, Some(took), &mut self.sentence);
        if let Some(patience) = patience(call) {
            _ = write!(self.sentence, " ({} at most)", Human(patience));
        }
        let (took, ink, text) = (Some(took), Ink::Waiting, &self.sentence);
        page.row(&Row { at: line.at, took, call: call.name, ink, text });
        if let Some(note) = self.notes.on_sleep(call.name) {
            page.note(note);
        }
    }

    /// Tells what a call has done. If it has slept, that was told already, and this is its end.
    pub(super) fn happened<W: Write>(
        &mut self,
        line: &Line<'_>,
        call: &Call<'_>,
        (moment, slept): (&Attributed<'_>, Option<Duration>),
        page: &mut Page<W>,
    ) {
        let name = call.name;
        if is_hidden(&moment.what) {
            self.elided.add(name, &moment.what);
            if self.shows_all {
                self.sentence.clear();
                raw(call, &mut self.sentence);
                let (took, ink, text) = (call.took, Ink::Dim, &self.sentence);
                page.row(&Row { at: line.at, took, call: name, ink, text });
            }
            return;
        }
        self.fold(page);
        let is_about_sockets = !matches!(moment.what, Event::Wrote { .. });
        if is_about_sockets {
            self.summary.add(name, &moment.what);
            self.summary.time(line.at, call.took);
        }
        if is_told_by_others(&moment.what, slept) {
            return;
        }
        self.begin(line.thread.filter(|_| is_about_sockets));
        sentence::say(moment, call, &mut self.sentence);
        let (at, took) = match slept {
            Some(slept) => (line.at.map(|at| at + slept), None),
            None => (line.at, call.took),
        };
        page.row(&Row { at, took, call: name, ink: ink(moment), text: &self.sentence });
        for note in self.notes.on(name, &moment.what) {
            page.note(note);
        }
    }

    /// Tells a signal.
    pub(super) fn signal<W: Write>(
        &mut self,
        line: &Line<'_>,
        name: &str,
        details: &[u8],
        page: &mut Page<W>,
    ) {
        self.sentence.clear();
        sentence::signal(name, details, &mut self.sentence);
        page.row(&Row {
            at: line.at,
            took: None,
            call: name,
            ink: Ink::Title,
            text: &self.sentence,
        });
    }

    /// Tells that a call has not ended.
    pub(super) fn sleeps<W: Write>(
        &mut self,
        line: &Line<'_>,
        (call, took): (&str, Duration),
        who: Option<&Who>,
        page: &mut Page<W>,
    ) {
        self.summary.slept(call, took);
        self.summary.time(line.at, Some(took));
        self.begin(line.thread);
        sentence::wait(call, who, None, &mut self.sentence);
        self.sentence.push_str(", when the trace ends");
        let took = Some(took).filter(|took| !took.is_zero());
        page.row(&Row { at: line.at, took, call, ink: Ink::Waiting, text: &self.sentence });
    }

    /// Sums up.
    pub(super) fn finish<W: Write>(
        &mut self,
        clients: usize,
        waiting: Option<&str>,
        page: &mut Page<W>,
    ) {
        self.fold(page);
        self.summary.write(clients, waiting, &self.elided, page);
    }

    fn fold<W: Write>(&mut self, page: &mut Page<W>) {
        if let Some(text) = self.elided.line().filter(|_| !self.shows_all) {
            page.line(Ink::Dim, &text);
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

/// What the program does besides talking to clients.
fn is_hidden(what: &Event<'_>) -> bool {
    match what {
        Event::Background => true,
        Event::Wrote { fd, .. } => *fd != 1,
        _ => false,
    }
}

/// The line of the signal, or of the end of the program, says it better.
fn is_told_by_others(what: &Event<'_>, slept: Option<Duration>) -> bool {
    match what {
        Event::NeverReturned => true,
        Event::Interrupted => slept.is_some(),
        _ => false,
    }
}

fn ink(moment: &Attributed<'_>) -> Ink {
    match (&moment.what, &moment.who) {
        (Event::Failed, _) => Ink::Error,
        (Event::Answered { speech, .. }, _) if speech.has_error => Ink::Error,
        (Event::Wrote { .. }, _) => Ink::Title,
        (_, Some(who)) => Ink::Client(who.number),
        _ => Ink::Plain,
    }
}

/// A call as strace has shown it, cut to fit.
fn raw(call: &Call<'_>, out: &mut String) {
    const LONGEST: usize = 60;
    out.push('(');
    for (index, arg) in call.args.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        out.push_str(&String::from_utf8_lossy(arg));
    }
    if let Some((cut, _)) = out.char_indices().nth(LONGEST) {
        out.truncate(cut);
        out.push('…');
    } else {
        out.push(')');
    }
}
