//! The oracle: it knows what was set, and so what a read has to find.
//!
//! A server does a request at some moment after its first byte was sent and before its reply was received.
//! So a key that was set to live for `t` expires between `sent + t` and `received + t`. If the reply to a read came
//! before the first of these moments, the key has to be there. If the read was sent after the second, the key has
//! to be gone. In between, both answers are right. A key has only one request at a time, on whatever connection.

mod request;

use std::time::{Duration, Instant};

use codec::Reply;
use fastrand::Rng;

pub use self::request::Request;
use self::request::{Action, Expiry};
use super::counters::Count;

/// Servers count time in whole milliseconds: their clock may be this much behind ours.
const CLOCK_STEP: Duration = Duration::from_millis(1);
/// How many keys are set and read.
const KEYS: usize = 20_000;
/// Half of the requests use one of this many recent keys. Otherwise few keys would be read before they expire.
const RECENT: usize = 64;
/// The longest value, in bytes.
const LONGEST: usize = 4096;

/// The value of a key.
#[derive(Debug, Clone, Copy)]
struct Value {
    version: u64,
    size: usize,
    /// The earliest moment when it can expire. `None` means never.
    earliest: Option<Instant>,
    /// The latest moment when it can expire. `None` means never.
    latest: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Key {
    value: Option<Value>,
    in_use: bool,
}

/// What is known about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Present,
    Gone,
    Unknown,
}

/// All keys.
#[derive(Debug)]
pub struct Oracle {
    keys: Vec<Key>,
    recent: Vec<usize>,
    last_version: u64,
}

impl Oracle {
    /// No key is set. The server must be empty, too.
    pub fn new() -> Self {
        Self { keys: vec![Key::default(); KEYS], recent: vec![0; RECENT], last_version: 0 }
    }

    /// Draws a request, unless its key is in use. The key is then in use until [`Oracle::judge`].
    pub fn choose(&mut self, rng: &mut Rng) -> Option<Request> {
        let place = rng.usize(..RECENT);
        let key = if rng.bool() { self.recent[place] } else { rng.usize(..KEYS) };
        let action = match rng.u8(..100) {
            0..55 => Action::Get,
            55..60 => Action::Del,
            _ => self.set(rng),
        };
        self.recent[place] = key;
        self.take(key, action)
    }

    /// Requests that read all keys that are not in use.
    pub fn read_all(&mut self) -> Vec<Request> {
        (0..KEYS).filter_map(|key| self.take(key, Action::Get)).collect()
    }

    fn take(&mut self, key: usize, action: Action) -> Option<Request> {
        let is_free = !self.keys[key].in_use;
        self.keys[key].in_use = true;
        is_free.then_some(Request { key, action })
    }

    fn set(&mut self, rng: &mut Rng) -> Action {
        let expiry = match rng.u8(..10) {
            0..3 => Expiry::Never,
            3..5 => Expiry::Keep,
            // From 4 ms to 65 s, short ones as often as long ones.
            _ => {
                let longest = 1 << rng.u32(3..=16);
                Expiry::After(Duration::from_millis(rng.u64(4..=longest)))
            }
        };
        self.last_version += 1;
        let halvings = rng.u32(..8);
        let size = rng.usize(..=LONGEST >> halvings);
        Action::Set { version: self.last_version, size, expiry }
    }

    /// Judges the reply to a request whose first byte was sent at `sent` and whose reply was received at
    /// `received`. Returns what a right reply counts as.
    ///
    /// # Errors
    /// A complaint, if no right server could have sent this reply.
    pub fn judge(
        &mut self,
        request: Request,
        sent: Instant,
        received: Instant,
        reply: &Reply,
    ) -> Result<&'static [Count], String> {
        let Request { key, action } = request;
        let before = self.keys[key].value;
        let known = presence(before, sent, received);
        let reported = match (action, reply) {
            (Action::Get, Reply::Nil) | (Action::Del, Reply::Integer(0)) => Some(Presence::Gone),
            (Action::Del, Reply::Integer(1)) => Some(Presence::Present),
            (Action::Get, Reply::Bulk(bytes)) => {
                before.filter(|value| *bytes == value.bytes(key)).map(|_| Presence::Present)
            }
            // The reply to SET does not tell whether the key was there.
            (Action::Set { .. }, reply) if *reply == Reply::ok() => Some(known),
            _ => None,
        };
        self.keys[key].in_use = false;
        let Some(reported) = reported.filter(|it| known == Presence::Unknown || *it == known)
        else {
            return Err(request::complaint(request, before, known, received, reply));
        };
        self.keys[key].value = match action {
            Action::Get => before.filter(|_| reported == Presence::Present),
            Action::Del => None,
            Action::Set { version, size, expiry } => {
                let (earliest, latest) = deadline(expiry, before, known, sent, received);
                Some(Value { version, size, earliest, latest })
            }
        };
        Ok(match (action, known) {
            (Action::Get, Presence::Present) => &[Count::Alive],
            (Action::Get, Presence::Gone) if before.is_some() => &[Count::Gone, Count::Expired],
            (Action::Get, Presence::Gone) => &[Count::Gone],
            _ => &[],
        })
    }
}

/// The earliest and the latest moment when a value that is set now can expire.
fn deadline(
    expiry: Expiry,
    before: Option<Value>,
    known: Presence,
    sent: Instant,
    received: Instant,
) -> (Option<Instant>, Option<Instant>) {
    match (expiry, before, known) {
        (Expiry::After(time), ..) => (Some(sent + time), Some(received + time)),
        (Expiry::Keep, Some(old), Presence::Present) => (old.earliest, old.latest),
        // If the old value was there, its deadline stays. If it was gone, there is none.
        (Expiry::Keep, Some(old), Presence::Unknown) => (old.earliest, None),
        _ => (None, None),
    }
}

/// Whether the key is there for a request that is done between `sent` and `received`.
fn presence(value: Option<Value>, sent: Instant, received: Instant) -> Presence {
    let Some(Value { earliest, latest, .. }) = value else { return Presence::Gone };
    if earliest.is_none_or(|earliest| received + CLOCK_STEP < earliest) {
        Presence::Present
    } else if latest.is_some_and(|latest| latest + CLOCK_STEP < sent) {
        Presence::Gone
    } else {
        Presence::Unknown
    }
}

#[cfg(test)]
mod tests;
