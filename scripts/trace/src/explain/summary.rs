//! The sum of it: clients, commands, calls for each command, and where the time went.

use std::fmt::Write as _;
use std::time::Duration;

use crate::duration::Human;
use crate::page::{Ink, Page};
use crate::semantics::Event;

use super::counts::Counts;

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
    /// Lines that are none of strace.
    pub(super) unknown: u64,
    /// A call about a socket was seen.
    is_serving: bool,
    /// Calls that are not shown: those before it, those that write the log, and all others.
    starting: Counts,
    log: u64,
    other: Counts,
}

impl Summary {
    /// Counts a call that is about sockets.
    pub(super) fn add(&mut self, name: &str, event: &Event<'_>) {
        self.calls.add(name);
        if let Event::Received(payload) = event {
            self.commands += payload.items.len();
            self.reads += 1;
        }
    }

    /// Counts a call that is not about sockets.
    pub(super) fn add_elided(&mut self, name: &str, event: &Event<'_>) {
        match event {
            _ if !self.is_serving => self.starting.add(name),
            Event::Wrote { .. } => self.log += 1,
            _ => self.other.add(name),
        }
    }

    /// The line that stands for all calls before the first that is about a socket: only once.
    pub(super) fn elided_line(&mut self) -> Option<String> {
        let is_first = !std::mem::replace(&mut self.is_serving, true);
        let (total, list) = (self.starting.total(), self.starting.list(5));
        let line = || format!("… {total} calls that start the program: {list}");
        (is_first && total > 0).then(line)
    }

    /// What was not shown.
    fn elided(&self) -> Option<String> {
        let others = if self.other.total() == 1 { "other" } else { "others" };
        let parts = [
            (self.starting.total(), "calls that start the program"),
            (self.log, "that write the log"),
            (self.other.total(), others),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
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

    pub(super) fn write(&mut self, clients: usize, waiting: Option<&str>, page: &mut Page) {
        let (total, hidden) = (self.calls.total(), self.elided());
        if total == 0 && hidden.is_none() {
            let make = "strace -f -ttt -T -yy -o trace.log PROGRAM";
            page.line(Ink::Error, &format!("No line of strace in there. Make some: {make}"), 2);
            return;
        }
        let lines = if self.unknown == 1 { "line" } else { "lines" };
        let calls = format!("{total} about sockets: {}", self.calls.list(5));
        page.line(Ink::Plain, "", 0);
        page.line(Ink::Title, "In sum", 0);
        for (ink, name, text) in [
            (Ink::Plain, "clients", Some(clients.to_string())),
            (Ink::Plain, "commands", Some(self.commands_line())),
            (Ink::Plain, "calls", Some(calls)),
            (Ink::Plain, "time", self.time_line()),
            (Ink::Plain, "waiting", waiting.map(ToOwned::to_owned)),
            (Ink::Dim, "not shown", hidden.map(|hidden| format!("{hidden}: --all shows them"))),
            (
                Ink::Dim,
                "not strace",
                (self.unknown > 0).then(|| format!("{} {lines}", self.unknown)),
            ),
        ] {
            if let Some(text) = text {
                page.line(ink, &format!("  {name:<11} {text}"), 14);
            }
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
