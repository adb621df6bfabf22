//! What several snapshots tell that one cannot: since when things are as they are, and how fast they change.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::owners::Owners;
use super::ss::{self, Report};
use harness::snapshot::{Client, ClientState, Snapshot, Thread};

/// Rates are those of so many seconds.
const WINDOW: Duration = Duration::from_secs(2);

/// Since when something is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Since then: we have seen it begin, or ss knows.
    Exactly(Instant),
    /// It was so already when we began to look.
    AtLeast(Instant),
}

/// How fast things changed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rates {
    /// Part of one CPU, 1 for all of it.
    pub cpu: f64,
    /// Voluntary context switches a second.
    pub voluntary: f64,
    /// Involuntary ones.
    pub involuntary: f64,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub struct History {
    /// What the thread does, since when, and its voluntary switches: they tell one sleep from the next one.
    thread: Option<(Thread, Since, u64)>,
    clients: HashMap<SocketAddr, (ClientState, Since)>,
    /// When, and then the ticks, the voluntary and the involuntary switches until then.
    recent: VecDeque<(Instant, [u64; 3])>,
    /// How many may wait to be accepted, as the server asked for.
    pub backlog: Option<u64>,
    /// Which programs the clients are.
    pub owners: Owners,
}

impl History {
    /// Takes in what there was to see. Asks `ss` when there is something for the first time.
    pub fn update(&mut self, now: &Snapshot, port: u16) {
        let is_first = self.thread.is_none();
        let has_newcomers = now.clients.iter().any(|client| self.is_newcomer(client));
        let report = if is_first || has_newcomers { ss::ask(port) } else { Report::default() };
        self.backlog = report.backlog.or(self.backlog);
        self.update_thread(now, &report);
        let clients = now.clients.iter().map(|client| {
            let since = self.since_when(client, now.at, is_first, &report);
            (client.addr, (client.state, since))
        });
        self.clients = clients.collect();
        self.owners.update(&now.clients);
        self.recent.push_back((now.at, [now.ticks, now.voluntary, now.involuntary]));
        while self.recent.get(1).is_some_and(|(at, _)| now.at.duration_since(*at) >= WINDOW) {
            self.recent.pop_front();
        }
    }

    /// Whether this client waits, and did not in the last snapshot.
    fn is_newcomer(&self, client: &Client) -> bool {
        client.state == ClientState::Queued && !self.clients.contains_key(&client.addr)
    }

    fn update_thread(&mut self, now: &Snapshot, report: &Report) {
        let is_same = |(thread, _, switches): &(Thread, Since, u64)| {
            *thread == now.thread && *switches == now.voluntary
        };
        if self.thread.as_ref().is_some_and(is_same) {
            return;
        }
        let since = match (&self.thread, &now.thread) {
            (Some(_), _) => Since::Exactly(now.at),
            // Before it went to sleep for this client, it has sent it a reply.
            (None, Thread::Asleep { on: Some((_, Some(peer))), .. }) => {
                let times = report.connections.get(peer).filter(|times| times.has_sent);
                ago(now.at, times.map(|times| times.sent))
            }
            (None, _) => Since::AtLeast(now.at),
        };
        self.thread = Some((now.thread.clone(), since, now.voluntary));
    }

    fn since_when(&self, client: &Client, now: Instant, is_first: bool, report: &Report) -> Since {
        let times = report.connections.get(&client.addr);
        match (client.state, self.clients.get(&client.addr)) {
            (ClientState::Awaited, _) => self.thread_since().unwrap_or(Since::AtLeast(now)),
            (state, Some((before, since))) if phase(*before) == phase(state) => *since,
            // Nobody has sent it anything, so the kernel knows when it came.
            (ClientState::Queued, _) => match ago(now, times.map(|times| times.sent)) {
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
        self.thread.as_ref().map(|(_, since, _)| *since)
    }

    /// Since when a client is where it is.
    #[must_use]
    pub fn client_since(&self, client: &Client) -> Option<Since> {
        self.clients.get(&client.addr).map(|(_, since)| *since)
    }

    /// How fast things changed lately; 0 after one snapshot.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn rates(&self) -> Rates {
        let (Some((start, before)), Some((end, now))) = (self.recent.front(), self.recent.back())
        else {
            return Rates::default();
        };
        let seconds = end.duration_since(*start).as_secs_f64().max(f64::EPSILON);
        let rate = |index: usize| now[index].saturating_sub(before[index]) as f64 / seconds;
        let cpu = rate(0) / procfs::ticks_per_second() as f64;
        Rates { cpu, voluntary: rate(1), involuntary: rate(2) }
    }
}

/// A connected client is unread and idle by turns: we tell how long it is connected.
fn phase(state: ClientState) -> ClientState {
    if state == ClientState::Unread { ClientState::Idle } else { state }
}

fn ago(now: Instant, age: Option<Duration>) -> Since {
    let then = age.and_then(|age| now.checked_sub(age));
    then.map_or(Since::AtLeast(now), Since::Exactly)
}

#[cfg(test)]
mod tests;
