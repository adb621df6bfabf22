//! The crowd: thousands of connections on one thread, most of them silent at any moment. They write keys
//! and read what others of them wrote; and they come and go, not all of them politely.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::Codec as _;
use codec::resp;
use fastrand::Rng;
use mio::{Events, Poll, Token};
use slab::Slab;

use super::audit;
use super::book::{Book, Count, Trouble};
use super::guest::{Guest, Mood};
use super::ledger::Ledger;
use super::line::{self, End, PATIENCE};

/// So many dial at a time, so that those who are connected are heard in between.
const DIALS: usize = 16;
/// How long to sleep when nothing happens.
const TICK: Duration = Duration::from_millis(50);
/// Turns a second, of all guests together.
const TURNS: u64 = 2000;

/// Lets `size` guests come, and others in the place of those who leave, until it is time to stop. Then
/// reads every key once more.
///
/// # Errors
/// [`End`].
pub fn run(addr: SocketAddr, size: usize, rng: Rng, book: &Book) -> Result<(), End> {
    let poll = Poll::new().map_err(unable)?;
    let ledger = Ledger::new();
    let mut crowd =
        Crowd { addr, size, rng, book, poll, ledger, guests: Slab::new(), due: BTreeSet::new() };
    let mut events = Events::with_capacity(1024);
    while !book.is_stopping() {
        crowd.dial()?;
        match crowd.poll.poll(&mut events, Some(crowd.nap())) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled.map_err(unable)?,
        }
        for event in &events {
            crowd.hear(event.token().0);
        }
        crowd.take_turns();
    }
    crowd.leave();
    audit::read_all(addr, &mut crowd.ledger, book)
}

fn unable(error: io::Error) -> Trouble {
    Trouble::Unable(format!("cannot wait for sockets: {error}"))
}

struct Crowd<'a> {
    addr: SocketAddr,
    size: usize,
    rng: Rng,
    book: &'a Book,
    poll: Poll,
    ledger: Ledger,
    guests: Slab<Guest>,
    /// Whose turn it is when, the next one first.
    due: BTreeSet<(Instant, usize)>,
}

impl Crowd<'_> {
    /// Lets some of those in who are missing.
    fn dial(&mut self) -> Result<(), Trouble> {
        for _ in 0..DIALS.min(self.size - self.guests.len()) {
            let mut guest = match Guest::dial(self.addr) {
                Ok(guest) => guest,
                Err(Trouble::Lost(text)) => {
                    self.book.report(Trouble::Lost(text));
                    return Ok(());
                }
                Err(trouble) => return Err(trouble),
            };
            let slot = self.guests.vacant_entry();
            guest.register(self.poll.registry(), Token(slot.key()))?;
            self.due.insert((guest.due, slot.key()));
            slot.insert(guest);
            self.book.arrived();
        }
        Ok(())
    }

    fn nap(&self) -> Duration {
        if self.guests.len() < self.size {
            return Duration::ZERO;
        }
        let next = self.due.first().map(|(due, _)| due.saturating_duration_since(Instant::now()));
        next.unwrap_or(TICK).min(TICK)
    }

    fn hear(&mut self, slot: usize) {
        let Some(guest) = self.guests.get_mut(slot) else { return };
        let (ledger, book) = (&mut self.ledger, self.book);
        let heard = guest.flush().and_then(|()| {
            guest.hear(|asked, sent, received, reply| {
                audit::judged(ledger.judge(asked, sent, received, reply), book);
            })
        });
        match heard {
            Ok(()) if guest.mood() == Mood::Idle => self.rest(slot),
            Ok(()) => {}
            Err(trouble) => self.lose(slot, trouble),
        }
    }

    /// Lets a guest be silent for a while, unless it is already. The more guests, the longer.
    fn rest(&mut self, slot: usize) {
        let most = Duration::from_secs(2 * self.size as u64) / u32::try_from(TURNS).unwrap_or(1);
        let rest = most.mul_f64(self.rng.f64());
        self.call_at(slot, Instant::now() + rest);
    }

    fn call_at(&mut self, slot: usize, due: Instant) {
        let Some(guest) = self.guests.get_mut(slot) else { return };
        self.due.remove(&(guest.due, slot));
        self.due.insert((due, slot));
        guest.due = due;
    }

    fn remove(&mut self, slot: usize) -> Option<Guest> {
        let guest = self.guests.try_remove(slot)?;
        self.due.remove(&(guest.due, slot));
        self.book.left();
        Some(guest)
    }

    /// What it had under way is never judged, so those keys are never used again.
    fn lose(&mut self, slot: usize, trouble: Trouble) {
        self.book.report(trouble);
        self.remove(slot);
    }

    fn take_turns(&mut self) {
        let now = Instant::now();
        while let Some(&(due, slot)) = self.due.first().filter(|(due, _)| *due <= now) {
            let Some(guest) = self.guests.get_mut(slot) else {
                self.due.remove(&(due, slot));
                continue;
            };
            let done = match guest.mood() {
                Mood::Waiting => Err(line::silent()),
                Mood::Halfway => {
                    let finished = guest.finish();
                    self.call_at(slot, now + PATIENCE);
                    finished
                }
                Mood::Idle => self.act(slot, now),
            };
            if let Err(trouble) = done {
                self.lose(slot, trouble);
            }
        }
    }

    /// What a guest does next, by lot: five in a hundred leave, some of them rudely.
    fn act(&mut self, slot: usize, now: Instant) -> Result<(), Trouble> {
        match self.rng.u8(..100) {
            0..2 => drop(self.remove(slot)),
            2 => {
                let junk = self.junk();
                let part = &junk[..self.rng.usize(1..junk.len())];
                self.remove(slot).into_iter().for_each(|guest| guest.leave_behind(part));
                self.book.add(Count::Kills);
            }
            3 => {
                let junk = self.junk();
                self.remove(slot).into_iter().for_each(|guest| guest.leave_behind(&junk));
                self.book.add(Count::Kills);
            }
            4 => {
                let junk = self.junk();
                self.remove(slot).into_iter().for_each(|guest| guest.reset(&junk));
                self.book.add(Count::Resets);
            }
            lot => return self.ask(slot, lot < 10, now),
        }
        Ok(())
    }

    /// A request that nobody will hear the answer to. Its keys are none of those in the ledger.
    fn junk(&mut self) -> Vec<u8> {
        let mut junk = Vec::new();
        let key = format!("soak:junk:{}", self.rng.u16(..1000));
        let value = vec![b'j'; self.rng.usize(..1000)];
        resp::Codec::encode_request(&[b"SET".to_vec(), key.into(), value], &mut junk);
        junk
    }

    fn ask(&mut self, slot: usize, in_two_parts: bool, now: Instant) -> Result<(), Trouble> {
        let count = self.rng.u8(1..=8);
        let asked: VecDeque<_> =
            (0..count).filter_map(|_| self.ledger.choose(&mut self.rng)).collect();
        if asked.is_empty() {
            self.rest(slot);
            return Ok(());
        }
        let part = in_two_parts.then(|| self.rng.f64());
        let silence = Duration::from_millis(self.rng.u64(..5000));
        self.call_at(slot, now + if in_two_parts { silence } else { PATIENCE });
        if in_two_parts {
            self.book.add(Count::Halves);
        }
        let Some(guest) = self.guests.get_mut(slot) else { return Ok(()) };
        guest.ask(asked, part)
    }

    fn leave(&mut self) {
        while let Some((_, slot)) = self.due.pop_first() {
            self.remove(slot);
        }
    }
}
