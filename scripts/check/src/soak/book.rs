//! What all clients of a soak share: what they count, what went wrong first, and when to stop.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Connections that were made.
    Connections,
    /// The most connections that were open at once.
    MostHeld,
    /// Connections that are open now.
    Held,
    /// Requests that got the right answer.
    Answered,
    /// Reads of a key that had to be there, and was.
    Alive,
    /// Reads of a key that had to be gone, and was.
    Gone,
    /// Keys that were seen to have expired.
    Expired,
    /// Connections dropped in the middle of a request.
    Kills,
    /// Connections dropped with a reset, their replies unread.
    Resets,
    /// Requests that came in two parts, with a silence between.
    Halves,
    /// Pipelines of [`super::flood::PIPELINE`] requests.
    Floods,
    /// Times that somebody asked for a lot and read it slowly.
    SlowReads,
    /// Connections that sent bytes which are no request.
    Hostile,
}

/// The counts and what they are called, each in the place of its number.
pub const COUNTS: [(Count, &str); 13] = [
    (Count::Connections, "connections made"),
    (Count::MostHeld, "held at once, at most"),
    (Count::Held, "held now"),
    (Count::Answered, "requests answered right"),
    (Count::Alive, "keys that had to be there"),
    (Count::Gone, "keys that had to be gone"),
    (Count::Expired, "keys seen to expire"),
    (Count::Kills, "dropped in mid-request"),
    (Count::Resets, "resets"),
    (Count::Halves, "half requests"),
    (Count::Floods, "floods"),
    (Count::SlowReads, "slow reads"),
    (Count::Hostile, "hostile connections"),
];

/// What went wrong in the eyes of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A reply that no right server sends.
    Wrong(String),
    /// A connection that the server has closed, or on which nothing comes any more.
    Lost(String),
    /// This machine cannot do what a client needs: no fault of the server.
    Unable(String),
}

/// Something that should not happen: how often it did, and what it was the first time.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// The first time, in words.
    pub first: Option<String>,
}

impl Tally {
    fn add(&mut self, text: String) {
        self.count += 1;
        self.first.get_or_insert(text);
    }
}

/// All that went wrong.
#[derive(Debug, Clone, Default)]
pub struct Troubles {
    /// See [`Trouble::Wrong`].
    pub wrong: Tally,
    /// See [`Trouble::Lost`].
    pub lost: Tally,
    /// See [`Trouble::Unable`].
    pub unable: Tally,
}

/// What all clients share.
#[derive(Debug, Default)]
pub struct Book {
    counts: [AtomicU64; COUNTS.len()],
    troubles: Mutex<Troubles>,
    stopping: AtomicBool,
    /// Whether the first trouble is the last.
    fails_fast: bool,
}

impl Book {
    /// An empty book. Once something went wrong it is time to leave, if it shall fail fast.
    pub fn new(fails_fast: bool) -> Self {
        Self { fails_fast, ..Self::default() }
    }

    /// It happened once more.
    pub fn add(&self, count: Count) {
        self.counts[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// A connection was made.
    pub fn arrived(&self) {
        self.add(Count::Connections);
        let held = self.counts[Count::Held as usize].fetch_add(1, Ordering::Relaxed) + 1;
        self.counts[Count::MostHeld as usize].fetch_max(held, Ordering::Relaxed);
    }

    /// A connection has ended.
    pub fn left(&self) {
        self.counts[Count::Held as usize].fetch_sub(1, Ordering::Relaxed);
    }

    /// How often it happened.
    pub fn count(&self, count: Count) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    /// How often everything happened, in the order of [`COUNTS`].
    pub fn counts(&self) -> [u64; COUNTS.len()] {
        COUNTS.map(|(count, _)| self.count(count))
    }

    /// Something went wrong. Of each kind the first is kept. One that is ours ends the soak.
    pub fn report(&self, trouble: Trouble) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        if self.fails_fast {
            self.stop();
        }
        match trouble {
            Trouble::Wrong(text) => troubles.wrong.add(text),
            Trouble::Lost(text) => troubles.lost.add(text),
            Trouble::Unable(text) => {
                troubles.unable.add(text);
                self.stop();
            }
        }
    }

    /// What went wrong so far.
    pub fn troubles(&self) -> Troubles {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has all clients leave.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it is time to leave.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}
