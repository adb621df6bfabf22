//! What several looks tell that one cannot: since when things are as they are, and how fast they change.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::look::{Client, Look, Place, Thread};
use super::process::{Switches, TICKS_PER_SECOND};
use super::programs::Programs;
use super::ss::{self, Told};

/// Rates are those of so many seconds.
const WINDOW: Duration = Duration::from_secs(2);

/// Since when something is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Since then.
    Exactly(Instant),
    /// It was so already when we began to look.
    AtLeast(Instant),
}

/// How fast things changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Part of one CPU, 1 for all of it.
    pub cpu: f64,
    /// Voluntary context switches a second.
    pub voluntary: f64,
    /// Involuntary ones.
    pub involuntary: f64,
}

/// Remembers.
#[derive(Debug, Default)]
pub struct Memory {
    thread: Option<(Thread, Since)>,
    clients: HashMap<SocketAddr, (Place, Since)>,
    recent: VecDeque<(Instant, u64, Switches)>,
    /// How many may wait to be accepted, as the server asked for.
    pub backlog: Option<u64>,
    /// Which programs the clients are.
    pub programs: Programs,
}

impl Memory {
    /// Takes in what there was to see. Asks `ss` when it sees something for the first time.
    pub fn learn(&mut self, look: &Look, port: u16) {
        let is_first = self.thread.is_none();
        let has_newcomers = look.clients.iter().any(|client| self.is_newcomer(client));
        let told = if is_first || has_newcomers { ss::ask(port) } else { Told::default() };
        self.backlog = told.backlog.or(self.backlog);
        self.learn_thread(look, &told);
        let clients = look.clients.iter().map(|client| {
            let since = self.since_when(client, look.at, is_first, &told);
            (client.addr, (client.place, since))
        });
        self.clients = clients.collect();
        self.programs.learn(&look.clients);
        self.recent.push_back((look.at, look.ticks, look.switches));
        while self.recent.get(1).is_some_and(|(at, ..)| look.at.duration_since(*at) >= WINDOW) {
            self.recent.pop_front();
        }
    }

    /// Whether this client waits, and did not at the last look.
    fn is_newcomer(&self, client: &Client) -> bool {
        client.place == Place::Waits && !self.clients.contains_key(&client.addr)
    }

    fn learn_thread(&mut self, look: &Look, told: &Told) {
        let is_same = self.thread.as_ref().is_some_and(|(thread, _)| *thread == look.thread);
        if is_same {
            return;
        }
        let since = match (&self.thread, &look.thread) {
            (Some(_), _) => Since::Exactly(look.at),
            // Before it went to sleep for this client, it has sent it a reply.
            (None, Thread::Asleep { on: Some((_, Some(peer))), .. }) => {
                let times = told.connections.get(peer).filter(|times| times.has_sent);
                ago(look.at, times.map(|times| times.sent))
            }
            (None, _) => Since::AtLeast(look.at),
        };
        self.thread = Some((look.thread.clone(), since));
    }

    fn since_when(&self, client: &Client, now: Instant, is_first: bool, told: &Told) -> Since {
        let times = told.connections.get(&client.addr);
        match (client.place, self.clients.get(&client.addr)) {
            (Place::IsWaitedFor, _) => self.thread_since().unwrap_or(Since::AtLeast(now)),
            (place, Some((before, since))) if phase(*before) == phase(place) => *since,
            // Nobody has sent it anything, so the kernel knows when it came.
            (Place::Waits, _) => match ago(now, times.map(|times| times.sent)) {
                Since::AtLeast(_) if !is_first => Since::Exactly(now),
                since => since,
            },
            _ if is_first => Since::AtLeast(now),
            _ => Since::Exactly(now),
        }
    }

    /// Since when the thread does what it does.
    #[must_use]
    pub fn thread_since(&self) -> Option<Since> {
        self.thread.as_ref().map(|(_, since)| *since)
    }

    /// Since when a client is where it is.
    #[must_use]
    pub fn client_since(&self, client: &Client) -> Option<Since> {
        self.clients.get(&client.addr).map(|(_, since)| *since)
    }

    /// How fast things changed lately; `None` after one look.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn rates(&self) -> Option<Rates> {
        let (start, ticks_before, before) = self.recent.front()?;
        let (end, ticks, switches) = self.recent.back()?;
        let seconds = end.duration_since(*start).as_secs_f64();
        let rate = |now: u64, before: u64| now.saturating_sub(before) as f64 / seconds;
        (seconds > 0.0).then(|| Rates {
            cpu: rate(*ticks, *ticks_before) / TICKS_PER_SECOND,
            voluntary: rate(switches.voluntary, before.voluntary),
            involuntary: rate(switches.involuntary, before.involuntary),
        })
    }
}

/// A connected client is heard, and waited for, and quiet, all the time: we tell how long it is connected.
fn phase(place: Place) -> u8 {
    match place {
        Place::Knocks => 0,
        Place::Waits => 1,
        Place::LeftUnserved => 2,
        Place::IsWaitedFor => 3,
        Place::Unheard | Place::Quiet => 4,
        Place::Left => 5,
    }
}

fn ago(now: Instant, age: Option<Duration>) -> Since {
    let then = age.and_then(|age| now.checked_sub(age));
    then.map_or(Since::AtLeast(now), Since::Exactly)
}

#[cfg(test)]
mod tests;
