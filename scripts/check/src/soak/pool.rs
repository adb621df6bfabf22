//! The client pool: thousands of connections on one thread, most of them silent at any moment. They set keys and
//! read what the others have set. They also come and go, and some break off in the middle of a request.

mod client;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, resp};
use fastrand::Rng;
use mio::{Events, Poll, Token};
use slab::Slab;

use self::client::{Client, State};
use super::connection::{Connection, REPLY_TIMEOUT, no_reply};
use super::counters::{Count, Counters, End};
use super::oracle::Oracle;

/// This many clients connect in one turn of the loop, so that the others need not wait long.
const CONNECTS_A_TURN: usize = 16;
/// The longest sleep of the loop.
const TICK: Duration = Duration::from_millis(50);
/// How often a client of the pool sends something, a second, all of them together.
const ACTIONS_A_SECOND: u32 = 2000;
/// The last reading asks for this many keys at a time.
const BATCH: usize = 100;

/// Keeps `size` clients connected until the soak is over, and replaces those that leave. Then reads
/// every key once more.
///
/// # Errors
/// [`End`].
pub fn run(addr: SocketAddr, size: u32, rng: Rng, counters: &Counters) -> Result<(), End> {
    let unable = |error: io::Error| End::Unable(format!("cannot wait for sockets: {error}"));
    let mut pool = Pool {
        addr,
        size,
        rng,
        counters,
        poll: Poll::new().map_err(unable)?,
        oracle: Oracle::new(),
        clients: Slab::new(),
        due: BTreeSet::new(),
    };
    let mut events = Events::with_capacity(1024);
    while !counters.is_stopping() {
        pool.connect()?;
        match pool.poll.poll(&mut events, Some(pool.time_to_sleep())) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled.map_err(unable)?,
        }
        for event in &events {
            pool.on_ready(event.token().0);
        }
        pool.act_if_due();
    }
    pool.clients.clear();
    pool.read_all_keys()
}

struct Pool<'a> {
    addr: SocketAddr,
    size: u32,
    rng: Rng,
    counters: &'a Counters,
    poll: Poll,
    oracle: Oracle,
    clients: Slab<Client<'a>>,
    /// When each client is due, the next one first.
    due: BTreeSet<(Instant, usize)>,
}

impl<'a> Pool<'a> {
    fn missing(&self) -> usize {
        self.size as usize - self.clients.len()
    }

    /// Connects some of the clients that are missing.
    fn connect(&mut self) -> Result<(), End> {
        for _ in 0..CONNECTS_A_TURN.min(self.missing()) {
            let slot = self.clients.vacant_entry();
            let token = Token(slot.key());
            match Client::connect(self.addr, self.poll.registry(), token, self.counters) {
                Ok(client) => {
                    self.due.insert((client.due, slot.key()));
                    slot.insert(client);
                }
                Err(lost @ End::Lost(_)) => {
                    self.counters.report(lost);
                    return Ok(());
                }
                Err(end) => return Err(end),
            }
        }
        Ok(())
    }

    fn time_to_sleep(&self) -> Duration {
        if self.missing() > 0 {
            return Duration::ZERO;
        }
        let next = self.due.first().map(|(due, _)| due.saturating_duration_since(Instant::now()));
        next.unwrap_or(TICK).min(TICK)
    }

    fn on_ready(&mut self, slot: usize) {
        let Some(client) = self.clients.get_mut(slot) else { return };
        let (oracle, counters) = (&mut self.oracle, self.counters);
        let received = client.receive(|request, sent, received, reply| {
            oracle.judge_and_count(request, sent, received, reply, counters);
        });
        match received {
            Ok(()) if client.state() == State::Idle => self.schedule(slot),
            Ok(()) => {}
            Err(end) => self.fail(slot, end),
        }
    }

    /// Sets when a client is due, from what it is doing.
    fn schedule(&mut self, slot: usize) {
        let Some(client) = self.clients.get_mut(slot) else { return };
        let wait = match client.state() {
            // The more clients there are, the longer each is silent.
            State::Idle => {
                let longest = Duration::from_secs(2 * u64::from(self.size)) / ACTIONS_A_SECOND;
                longest.mul_f64(self.rng.f64())
            }
            State::Halfway => Duration::from_millis(self.rng.u64(..5000)),
            State::Waiting => REPLY_TIMEOUT,
        };
        self.due.remove(&(client.due, slot));
        client.due = Instant::now() + wait;
        self.due.insert((client.due, slot));
    }

    fn remove(&mut self, slot: usize) -> Option<Client<'a>> {
        let client = self.clients.try_remove(slot)?;
        self.due.remove(&(client.due, slot));
        Some(client)
    }

    /// The oracle does not learn whether its requests were done, and never uses their keys again.
    fn fail(&mut self, slot: usize, end: End) {
        let doing = match self.clients.get(slot).map(Client::state) {
            Some(State::Halfway) => "in the middle of a request",
            Some(State::Waiting) => "waiting for replies",
            Some(State::Idle) | None => "idle",
        };
        self.counters.report(match end {
            End::Lost(text) => End::Lost(format!("{text}; the client was {doing}")),
            other => other,
        });
        self.remove(slot);
    }

    fn act_if_due(&mut self) {
        let now = Instant::now();
        while let Some(&(due, slot)) = self.due.first().filter(|(due, _)| *due <= now) {
            let Some(client) = self.clients.get_mut(slot) else {
                self.due.remove(&(due, slot));
                continue;
            };
            let done = match client.state() {
                State::Waiting => Err(no_reply()),
                State::Halfway => client.finish(),
                State::Idle => self.act(slot),
            };
            match done {
                Ok(()) => self.schedule(slot),
                Err(end) => self.fail(slot, end),
            }
        }
    }

    /// Draws what a client does next. Of a hundred, five leave: two well, two in the middle of something, and
    /// one with a reset.
    fn act(&mut self, slot: usize) -> Result<(), End> {
        let draw = self.rng.u8(..100);
        if draw >= 5 {
            return self.ask(slot, draw < 10);
        }
        let request = self.unread_request();
        let middle = self.rng.usize(1..request.len());
        let Some(client) = self.remove(slot) else { return Ok(()) };
        match draw {
            2 => client.send_and_close(&request[..middle]),
            3 => client.send_and_close(&request),
            4 => client.send_and_reset(&request),
            _ => return Ok(()),
        }
        self.counters.add(if draw == 4 { Count::Resets } else { Count::Kills });
        Ok(())
    }

    /// A request whose reply nobody reads. The oracle does not know its key.
    fn unread_request(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let key = format!("soak:unread:{}", self.rng.u16(..1000));
        let value = vec![b'x'; self.rng.usize(..1000)];
        resp::Codec::encode_request(&[b"SET".to_vec(), key.into(), value], &mut bytes);
        bytes
    }

    fn ask(&mut self, slot: usize, in_two_parts: bool) -> Result<(), End> {
        let count = self.rng.u8(1..=8);
        let requests: VecDeque<_> =
            (0..count).filter_map(|_| self.oracle.choose(&mut self.rng)).collect();
        let Some(client) = self.clients.get_mut(slot) else { return Ok(()) };
        if requests.is_empty() {
            return Ok(());
        }
        if in_two_parts {
            self.counters.add(Count::Halves);
        }
        client.ask(requests, if in_two_parts { self.rng.f64() } else { 1.0 })
    }

    /// Reads every key that waits for no reply, after all clients of the pool have left.
    fn read_all_keys(&mut self) -> Result<(), End> {
        let mut connection = Connection::open(self.addr, self.counters)?;
        connection.outlasts_soak = true;
        for batch in self.oracle.read_all().chunks(BATCH) {
            let mut bytes = Vec::new();
            for request in batch {
                resp::Codec::encode_request(&request.args(), &mut bytes);
            }
            let sent = Instant::now();
            connection.send(&bytes)?;
            for request in batch {
                let reply = connection.reply()?;
                let now = Instant::now();
                self.oracle.judge_and_count(*request, sent, now, &reply, self.counters);
            }
        }
        Ok(())
    }
}
