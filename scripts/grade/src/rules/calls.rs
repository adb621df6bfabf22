//! All calls of a log that rules are about, and what the clients did meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use trace::client_log::{ClientEvent, EventKind};
use trace::strace::{self, Joiner, Kind};

use super::acts::{Act, Outcome, Role, Sleeps, act};
use super::pauses::PAUSE;
use super::sockets::Sockets;
use super::{BUSY, Trace};

/// A call that has taken longer than this, and longer than the machine makes a thread wait, has slept.
pub(super) const LONG: Duration = Duration::from_millis(200);

/// All of them, in the order in which they returned.
#[derive(Debug)]
pub(super) struct Calls<'a> {
    pub(super) acts: Vec<Act>,
    pub(super) events: &'a [ClientEvent],
    pub(super) pulse: Duration,
    pub(super) uses_io_uring: bool,
    /// From the first client that was accepted until the last client was gone.
    pub(super) span: (Duration, Duration),
    /// The threads that have accepted, read or written meanwhile, and the place in `acts` of the first such call.
    pub(super) serving: BTreeMap<Option<u32>, usize>,
    shows_end: bool,
}

impl<'a> Calls<'a> {
    pub(super) fn read(trace: &Trace<'a>) -> Self {
        let last = trace.clients.iter().map(ClientEvent::at).max().unwrap_or_default();
        let mut calls = Self {
            acts: Vec::new(),
            events: trace.clients,
            pulse: trace.pulse,
            uses_io_uring: false,
            span: (last, last),
            serving: BTreeMap::new(),
            shows_end: false,
        };
        let mut sockets = Sockets::default();
        sockets.ports.extend(trace.clients.iter().map(|event| event.port));
        let (mut joiner, mut place) = (Joiner::new(), 0);
        for line in trace.log.split(|byte| *byte == b'\n') {
            let Some(line) = joiner.join(strace::parse(line)) else { continue };
            match line.kind {
                Kind::Call(call) => {
                    calls.uses_io_uring |= call.name.starts_with("io_uring_");
                    let when = (line.thread, line.at.unwrap_or_default());
                    calls.acts.extend(act(&mut sockets, &call, when, place));
                    place += 1;
                }
                Kind::Ended(_) => {
                    let is_main = line.thread.and_then(|thread| i32::try_from(thread).ok());
                    calls.shows_end |= is_main.is_none_or(|thread| thread == trace.main_thread);
                }
                _ => {}
            }
        }
        let first = calls.acts.iter().find(|act| act.role == Role::Accept && act.port.is_some());
        calls.span.0 = first.map_or(last, |act| act.ended);
        calls.forget_yields();
        for (index, act) in calls.acts.iter().enumerate() {
            if act.is_io() && act.began <= last {
                calls.serving.entry(act.thread).or_insert(index);
            }
        }
        calls
    }

    /// Python asks for `time.sleep(0)` as it asks for a real sleep: until a time by the clock. On a busy machine some of the
    /// former are long, and some of the latter are short, because their time is over when they begin. Most are as they should be.
    fn forget_yields(&mut self) {
        let sleeps: Vec<&Act> = self.acts.iter().filter(|act| act.is_until).collect();
        let short = sleeps.iter().filter(|act| act.ended.saturating_sub(act.began) < PAUSE).count();
        if 2 * short >= sleeps.len() {
            self.acts.retain(|act| !act.is_until);
        }
    }

    /// The name of the client that comes from a port.
    pub(super) fn name(&self, port: u16) -> &'a str {
        let event = self.events.iter().find(|event| event.port == port);
        event.map_or("?", |event| &event.client)
    }

    /// Whether times say something.
    pub(super) fn is_busy(&self) -> bool {
        self.pulse > BUSY
    }

    /// Whether the call has slept between clients, and not just waited for a processor.
    pub(super) fn slept(&self, act: &Act) -> bool {
        let asleep = act.within(self.span);
        match act.role {
            _ if asleep.is_zero() || !self.serving.contains_key(&act.thread) => false,
            Role::Wait | Role::Close => false,
            Role::Sleep if act.port.is_none() || act.outcome == Outcome::Nothing => true,
            Role::Accept | Role::Read | Role::Write if act.sleeps == Sleeps::Never => false,
            _ if act.sleeps == Sleeps::Limited && act.outcome == Outcome::WouldBlock => true,
            _ => !self.is_busy() && asleep > LONG + self.pulse,
        }
    }

    /// Why the trace does not show all, if it does not.
    pub(super) fn what_is_missing(&self) -> Option<String> {
        let accepted: BTreeSet<u16> = self.accepted().collect();
        let connected = self.events.iter().filter(|event| event.what == EventKind::Connected);
        if let Some(event) = connected.into_iter().find(|event| !accepted.contains(&event.port)) {
            return Some(format!("The server has not accepted client {}.", event.client));
        }
        if accepted.is_empty() {
            return Some("No client was connected.".to_owned());
        }
        (!self.shows_end).then(|| "The trace is cut: the server's end is not in it.".to_owned())
    }

    fn accepted(&self) -> impl Iterator<Item = u16> {
        let accepted = self.acts.iter().filter(|act| act.role == Role::Accept);
        accepted.filter_map(|act| act.port)
    }

    /// For each client, when it was connected, by its own log.
    pub(super) fn connections(&self) -> BTreeMap<u16, (Duration, Duration)> {
        let mut connections = BTreeMap::new();
        for event in self.events {
            match event.what {
                EventKind::Connected => {
                    connections.insert(event.port, (event.at(), self.span.1));
                }
                EventKind::Closed | EventKind::GaveUp { .. } => {
                    if let Some(times) = connections.get_mut(&event.port) {
                        times.1 = event.at();
                    }
                }
                _ => {}
            }
        }
        connections
    }
}
