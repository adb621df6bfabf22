//! Tells the story of a log in the order of time: what the server does, and what its clients do.

use std::io::Write;
use std::time::Duration;

use crate::semantics::ConnectionTable;
use crate::strace::{Call, End, Kind, Line, descriptor};

use super::page::{Ink, Page, WIDTH};
use super::renderer::Renderer;
use super::{ClientNotes, Options, WAIT, is_wait, sentence};

/// Who is there, and who tells of it.
#[derive(Debug)]
pub(super) struct Driver {
    scene: ConnectionTable,
    client_notes: ClientNotes,
    renderer: Renderer,
    shows_all: bool,
    /// How the thread that was the last to end has ended: that is how the program has.
    end: Option<End>,
}

impl Driver {
    pub(super) fn new(client_notes: ClientNotes, options: Options) -> Self {
        let (scene, renderer) =
            (ConnectionTable::new(client_notes.names()), Renderer::new(options.all));
        Self { scene, client_notes, renderer, shows_all: options.all, end: None }
    }

    /// Tells what a line says. `zero` is when the log began, since 1970.
    pub(super) fn tell<W: Write>(
        &mut self,
        line: &Line<'_>,
        zero: Option<Duration>,
        page: &mut Page<W>,
    ) {
        self.client_notes.tell_until(line.at, zero, &self.scene, page);
        match line.kind {
            Kind::Call(call) => {
                let slept = self.sleep(line, &call, page);
                if let Some(took) = slept {
                    let end = line.at.map(|at| at + took);
                    self.client_notes.tell_until(end, zero, &self.scene, page);
                }
                let moment = self.scene.see(&call);
                self.renderer.happened(line, &call, (&moment, slept), page);
            }
            Kind::Signal { name, details } => self.renderer.signal(line, name, details, page),
            Kind::Ended(end) => self.end = Some(end),
            _ => {}
        }
    }

    /// If a call has waited for somebody, tells so, and returns how long.
    fn sleep<W: Write>(
        &mut self,
        line: &Line<'_>,
        call: &Call<'_>,
        page: &mut Page<W>,
    ) -> Option<Duration> {
        let took = call.took.filter(|took| *took > WAIT && is_wait(call.name))?;
        let fd = self.scene.subject(call)?;
        self.renderer.slept(line, (call, took), self.scene.client(fd), page);
        Some(took)
    }

    /// A line that is none of strace.
    pub(super) fn unknown<W: Write>(&mut self, line: &[u8], page: &mut Page<W>) {
        self.renderer.summary.unknown += 1;
        if self.shows_all {
            let start: String = String::from_utf8_lossy(line).chars().take(WIDTH).collect();
            page.line(Ink::Dim, &start);
        }
    }

    /// Shows, until the next line comes, who is asleep and what for.
    pub(super) fn show_asleep<'a, W: Write>(
        &self,
        mut calls: impl Iterator<Item = Line<'a>>,
        page: &mut Page<W>,
    ) {
        let asleep = calls.find_map(|line| match line.kind {
            Kind::Unfinished { name, args } => Some((name, self.known_wait(name, args)?)),
            _ => None,
        });
        if let Some((name, fd)) = asleep {
            let mut text = String::from(" now: ");
            sentence::wait(name, self.scene.client(fd), None, &mut text);
            text.push(' ');
            page.status(&text);
        }
    }

    /// Tells that a call has not come back before the log ends.
    pub(super) fn still_asleep<W: Write>(
        &mut self,
        line: &Line<'_>,
        last: Duration,
        page: &mut Page<W>,
    ) {
        let Kind::Unfinished { name, args } = line.kind else { return };
        if let Some(fd) = self.known_wait(name, args) {
            let took = last.saturating_sub(line.at.unwrap_or(last));
            self.renderer.sleeps(line, (name, took), self.scene.client(fd), page);
        }
    }

    /// The descriptor that a call waits for, if it is a socket.
    fn known_wait(&self, name: &str, args: &[u8]) -> Option<i32> {
        let fd = descriptor(args).filter(|_| is_wait(name))?;
        let is_shared = matches!(name, "read" | "readv" | "write" | "writev");
        let is_ours = self.scene.is_socket(fd) || !(is_shared || self.scene.is_foreign(fd));
        is_ours.then_some(fd)
    }

    /// Tells what is left to tell, and sums up.
    pub(super) fn finish<W: Write>(&mut self, page: &mut Page<W>) {
        self.client_notes.tell_until(
            Some(Duration::MAX / 4),
            Some(Duration::ZERO),
            &self.scene,
            page,
        );
        match self.end {
            Some(End::Exit(code)) => {
                page.line(Ink::Title, &format!("The program has ended with exit code {code}."));
            }
            Some(End::Killed) => page.line(Ink::Error, "A signal has killed the program."),
            None => {}
        }
        self.renderer.finish(self.scene.clients(), self.client_notes.summary().as_deref(), page);
    }
}
