//! What all clients of a soak share: the counters, the first failure of each kind, and the order to stop.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use kit::bench::Latencies;

/// A client looks this often whether the soak is over.
pub const STOP_CHECK: Duration = Duration::from_millis(50);

/// What is counted. [`COUNTS`] says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Connections,
    MostHeld,
    Answered,
    Alive,
    Gone,
    Expired,
    Kills,
    Resets,
    Halves,
    Floods,
    SlowReads,
    Hostile,
    Wrong,
    Lost,
}

/// The counts and their names in the report, each at the index of its number.
pub const COUNTS: [(Count, &str); 14] = [
    (Count::Connections, "connections made"),
    (Count::MostHeld, "held at once, at most"),
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
    (Count::Wrong, "wrong answers"),
    (Count::Lost, "connections lost"),
];

/// Why a client ends. All that a client does may end in one of these ways.
#[derive(Debug)]
pub enum End {
    /// The soak is over.
    Stopped,
    /// The server has sent a reply that no right server sends.
    Wrong(String),
    /// The server has closed a connection, or does not answer on it.
    Lost(String),
    /// This machine cannot do what a client needs. The server is not at fault.
    Unable(String),
}

/// What all clients share.
pub struct Counters {
    counts: [AtomicU64; COUNTS.len()],
    held: AtomicU64,
    /// The first wrong answer.
    pub first_wrong: OnceLock<String>,
    /// The first connection that the server has closed or does not answer.
    pub first_lost: OnceLock<String>,
    /// What this machine could not do.
    pub unable: OnceLock<String>,
    ping_times: Mutex<Latencies>,
    is_stopping: AtomicBool,
    fail_fast: bool,
}

impl Counters {
    /// All counts are 0. With `fail_fast`, the first failure stops the soak.
    ///
    /// # Errors
    /// If there is no memory for the times.
    pub fn new(fail_fast: bool) -> io::Result<Self> {
        Ok(Self {
            counts: Default::default(),
            held: AtomicU64::new(0),
            first_wrong: OnceLock::new(),
            first_lost: OnceLock::new(),
            unable: OnceLock::new(),
            ping_times: Mutex::new(Latencies::new()?),
            is_stopping: AtomicBool::new(false),
            fail_fast,
        })
    }

    /// Adds one.
    pub fn add(&self, count: Count) {
        self.counts[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a new connection.
    pub fn opened(&self) {
        self.add(Count::Connections);
        let held = self.held.fetch_add(1, Ordering::Relaxed) + 1;
        self.counts[Count::MostHeld as usize].fetch_max(held, Ordering::Relaxed);
    }

    /// Counts the end of a connection.
    pub fn closed(&self) {
        self.held.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many connections are open now.
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// The value of one count.
    pub fn count(&self, count: Count) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    /// Counts a reply that was judged: what it shows, or the complaint.
    pub fn answered(&self, judged: Result<&[Count], String>) {
        match judged {
            Ok(shown) => {
                for count in [Count::Answered].iter().chain(shown) {
                    self.add(*count);
                }
            }
            Err(complaint) => self.report(End::Wrong(complaint)),
        }
    }

    /// Counts the failure of a client, and keeps the first of each kind. If this machine is the reason, the soak stops.
    pub fn report(&self, end: End) {
        let (first, text) = match end {
            End::Stopped => return,
            End::Wrong(text) => {
                self.add(Count::Wrong);
                (&self.first_wrong, text)
            }
            End::Lost(text) => {
                self.add(Count::Lost);
                (&self.first_lost, text)
            }
            End::Unable(text) => {
                self.stop();
                (&self.unable, text)
            }
        };
        first.get_or_init(|| text);
        if self.fail_fast {
            self.stop();
        }
    }

    /// The times of the probe.
    pub fn ping_times(&self) -> MutexGuard<'_, Latencies> {
        // A thread that has panicked leaves the times as they are: they are still of use.
        self.ping_times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all clients to end.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the clients have to end.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Sleeps, but not longer than the soak lasts.
    pub fn pause(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.is_stopping() && Instant::now() < end {
            thread::sleep(end.saturating_duration_since(Instant::now()).min(STOP_CHECK));
        }
    }
}
