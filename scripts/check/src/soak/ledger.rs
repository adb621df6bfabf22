//! What was written, and so what a read has to find. It is computed, and not guessed, from the moments
//! between which the server must have done what it was asked.
//!
//! A request is done at some moment between its first byte was sent and its reply was received. So a key
//! that was set to live for `p` dies between `sent + p` and `received + p`, and a read finds
//! it for certain if its reply came before the first of these moments, and for certain does not if it
//! was sent after the second. In between both answers are right. A key has one request under way at a
//! time, on whatever connection.

mod words;

use std::time::{Duration, Instant};

use codec::Reply;
use fastrand::Rng;

/// Servers count time in whole milliseconds: what they call now may be so much earlier than now.
const GRAIN: Duration = Duration::from_millis(1);
/// So many keys are written and read.
const KEYS: usize = 20_000;
/// So many keys were used last, and are preferred: else few keys would be read while they live.
const RECENT: usize = 64;
/// Longest value, in bytes.
const LONGEST: usize = 4096;

/// How long a key shall live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Forever,
    For(Duration),
    /// As long as the value that it replaces would have (KEEPTTL).
    AsBefore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Get,
    Del,
    Set { version: u64, size: usize, life: Life },
}

/// A request that is under way.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    key: usize,
    act: Act,
}

/// What a key holds, unless it has expired.
#[derive(Debug, Clone, Copy)]
struct Holds {
    version: u64,
    size: usize,
    /// Before this it is there; `None` is for ever.
    earliest: Option<Instant>,
    /// After this it is gone; `None` is never.
    latest: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Key {
    holds: Option<Holds>,
    in_use: bool,
}

/// What is certain about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sure {
    There,
    Gone,
    Neither,
}

/// What a right answer has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A key that had to be there was.
    Alive,
    /// A key that had to be gone was; whether this is the first time it is seen to have expired.
    Gone {
        /// It had a deadline, and nobody has seen before that it is over.
        expired: bool,
    },
    /// Nothing: both answers would have been right.
    Nothing,
}

/// All keys.
#[derive(Debug)]
pub struct Ledger {
    keys: Vec<Key>,
    recent: Vec<usize>,
    next_version: u64,
}

impl Ledger {
    /// No key is set. The server must be empty, too.
    pub fn new() -> Self {
        Self { keys: vec![Key::default(); KEYS], recent: vec![0; RECENT], next_version: 1 }
    }

    /// A request for a key that is free; the key is in use until [`Ledger::judge`].
    pub fn choose(&mut self, rng: &mut Rng) -> Option<Asked> {
        let place = rng.usize(..RECENT);
        let key = if rng.bool() { self.recent[place] } else { rng.usize(..KEYS) };
        let act = match rng.u8(..100) {
            0..55 => Act::Get,
            55..60 => Act::Del,
            _ => self.set(rng),
        };
        self.recent[place] = key;
        self.take(key, act)
    }

    /// A request to read each key: what is asked when all others have left.
    pub fn read_all(&mut self) -> Vec<Asked> {
        (0..KEYS).filter_map(|key| self.take(key, Act::Get)).collect()
    }

    fn take(&mut self, key: usize, act: Act) -> Option<Asked> {
        let is_free = !self.keys[key].in_use;
        self.keys[key].in_use = true;
        is_free.then_some(Asked { key, act })
    }

    fn set(&mut self, rng: &mut Rng) -> Act {
        let life = match rng.u8(..10) {
            0..3 => Life::Forever,
            3..5 => Life::AsBefore,
            // Between 4 ms and 65 s, the short ones as often as the long ones.
            _ => {
                let most = 1 << rng.u32(3..=16);
                Life::For(Duration::from_millis(rng.u64(4..=most)))
            }
        };
        self.next_version += 1;
        let halvings = rng.u32(..8);
        let size = rng.usize(..=LONGEST >> halvings);
        Act::Set { version: self.next_version, size, life }
    }

    /// Judges the reply to a request whose first byte was sent at `sent` and whose reply was received at
    /// `received`.
    ///
    /// # Errors
    /// In words, if no right server could have answered so.
    pub fn judge(
        &mut self,
        asked: Asked,
        sent: Instant,
        received: Instant,
        reply: &Reply,
    ) -> Result<Shown, String> {
        let Asked { key, act } = asked;
        let before = self.keys[key].holds;
        let sure = Sure::about(before, sent, received);
        let is_there = match (act, reply) {
            (Act::Get, Reply::Nil) | (Act::Del, Reply::Integer(0)) => Some(false),
            (Act::Del, Reply::Integer(1)) => Some(true),
            (Act::Get, Reply::Bulk(found)) => {
                before.is_some_and(|held| *found == held.value(key)).then_some(true)
            }
            (Act::Set { .. }, reply) if *reply == Reply::ok() => Some(sure == Sure::There),
            _ => None,
        };
        let is_right = match sure {
            _ if matches!(act, Act::Set { .. }) => is_there.is_some(),
            Sure::There => is_there == Some(true),
            Sure::Gone => is_there == Some(false),
            Sure::Neither => is_there.is_some(),
        };
        let holds =
            if is_right { after(act, before, sure, is_there, sent, received) } else { before };
        self.keys[key] = Key { holds, in_use: false };
        match (act, sure) {
            _ if !is_right => Err(words::complaint(asked, before, sure, received, reply)),
            (Act::Get, Sure::There) => Ok(Shown::Alive),
            (Act::Get, Sure::Gone) => Ok(Shown::Gone { expired: before.is_some() }),
            _ => Ok(Shown::Nothing),
        }
    }
}

/// What a key holds after a request.
fn after(
    act: Act,
    before: Option<Holds>,
    sure: Sure,
    is_there: Option<bool>,
    sent: Instant,
    received: Instant,
) -> Option<Holds> {
    let Act::Set { version, size, life } = act else {
        return before.filter(|_| act == Act::Get && is_there == Some(true));
    };
    let (earliest, latest) = match (life, before, sure) {
        (Life::For(time), ..) => (Some(sent + time), Some(received + time)),
        (Life::AsBefore, Some(held), Sure::There) => (held.earliest, held.latest),
        // It was still there and keeps its deadline, or it was gone and has none.
        (Life::AsBefore, Some(held), Sure::Neither) => (held.earliest, None),
        _ => (None, None),
    };
    Some(Holds { version, size, earliest, latest })
}

impl Sure {
    fn about(holds: Option<Holds>, sent: Instant, received: Instant) -> Self {
        let Some(Holds { earliest, latest, .. }) = holds else { return Self::Gone };
        if earliest.is_none_or(|earliest| received + GRAIN < earliest) {
            Self::There
        } else if latest.is_some_and(|latest| latest + GRAIN < sent) {
            Self::Gone
        } else {
            Self::Neither
        }
    }
}

#[cfg(test)]
mod tests;
