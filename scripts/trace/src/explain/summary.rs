//! The sum of it: clients, commands, calls for each command, and where the time went.

use std::fmt::Write as _;
use std::io::Write;
use std::time::Duration;

use crate::semantics::Event;

use super::elided::{Counts, Elided};
use super::page::{Ink, Page};
use crate::duration::Human;

/// What is added up.
#[derive(Debug, Default)]
pub(super) struct Summary {
    commands: usize,
    reads: u64,
    calls: Counts,
    /// How long the server slept in which call.
    asleep: Vec<(String, Duration)>,
    first: Option<Duration>,
    last: Duration,
    pub(super) unknown: u64,
}

impl Summary {
    /// Counts a call that is about sockets.
    pub(super) fn add(&mut self, name: &str, what: &Event<'_>) {
        self.calls.add(name);
        if let Event::Said(speech) = what {
            self.commands += speech.items.len();
            self.reads += 1;
        }
    }

    /// Counts the time of a line: the picture goes from the first socket call to the last.
    pub(super) fn time(&mut self, at: Option<Duration>, took: Option<Duration>) {
        if let Some(at) = at {
            self.first.get_or_insert(at);
            self.last = self.last.max(at + took.unwrap_or_default());
        }
    }

    /// Counts a sleep.
    pub(super) fn slept(&mut self, name: &str, took: Duration) {
        match self.asleep.iter_mut().find(|(of, _)| of == name) {
            Some((_, sum)) => *sum = sum.saturating_add(took),
            None if took.is_zero() => {}
            None => self.asleep.push((name.to_owned(), took)),
        }
    }

    pub(super) fn write<W: Write>(
        &mut self,
        clients: usize,
        waiting: Option<&str>,
        elided: &Elided,
        page: &mut Page<W>,
    ) {
        if self.calls.total() == 0 && elided.summary().is_none() {
            page.line(
                Ink::Error,
                "No line of strace in there. Make some: strace -f -ttt -T -yy -o trace.log PROGRAM",
            );
            return;
        }
        page.line(Ink::Plain, "");
        page.line(Ink::Title, "In sum");
        page.line(Ink::Plain, &format!("  clients     {clients}"));
        page.line(Ink::Plain, &format!("  commands    {}", self.commands_line()));
        let calls = format!("{} about sockets: {}", self.calls.total(), self.calls.list(5));
        page.line(Ink::Plain, &format!("  calls       {calls}"));
        if let Some(time) = self.time_line() {
            page.line(Ink::Plain, &format!("  time        {time}"));
        }
        if let Some(waiting) = waiting {
            page.line(Ink::Plain, &format!("  waiting     {waiting}"));
        }
        if let Some(hidden) = elided.summary() {
            page.line(Ink::Dim, &format!("  not shown   {hidden}: --all shows them"));
        }
        if self.unknown > 0 {
            let lines = if self.unknown == 1 { "line" } else { "lines" };
            page.line(Ink::Dim, &format!("  not strace  {} {lines}", self.unknown));
        }
    }

    /// `5, in 4 reads; 2.8 calls a command`
    fn commands_line(&self) -> String {
        let (commands, calls) = (self.commands, self.calls.total());
        if commands == 0 {
            return "none".to_owned();
        }
        // Tenths, without the detour over floating point.
        let tenths = (calls * 10 + commands as u64 / 2) / commands as u64;
        let reads =
            if self.reads == 1 { "1 read".to_owned() } else { format!("{} reads", self.reads) };
        format!("{commands}, in {reads}; {}.{} socket calls for each", tenths / 10, tenths % 10)
    }

    /// `0.771 s: asleep in recvfrom 504 ms (65 %), in accept4 200 ms (26 %); 67 ms else`
    fn time_line(&mut self) -> Option<String> {
        let total = self.last.checked_sub(self.first?).filter(|total| !total.is_zero())?;
        self.asleep.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
        let mut text = Human(total).to_string();
        let mut rest = total;
        for (index, (name, took)) in self.asleep.iter().take(4).enumerate() {
            let start = if index == 0 { ": asleep" } else { "," };
            let percent =
                (took.as_micros() * 100 + total.as_micros() / 2) / total.as_micros().max(1);
            _ = write!(text, "{start} in {name} {} ({percent} %)", Human(*took));
            rest = rest.saturating_sub(*took);
        }
        _ = write!(text, "; {} else", Human(rest));
        Some(text)
    }
}
