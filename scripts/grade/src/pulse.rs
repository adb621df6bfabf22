//! How busy the machine is: a thread that wants to wake up again and again, and notes how late it did.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often it wakes up.
const BEAT: Duration = Duration::from_millis(10);

/// The thread.
#[derive(Debug)]
pub(crate) struct Pulse {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    is_over: AtomicBool,
    /// The longest lateness, in microseconds.
    late_us: AtomicU64,
}

impl Pulse {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while !of_thread.is_over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                thread::sleep(BEAT);
                let late = begun.elapsed().saturating_sub(BEAT);
                let late = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
                of_thread.late_us.fetch_max(late, Ordering::Relaxed);
            }
        });
        Self { shared, thread }
    }

    /// Returns the longest time by which it woke up too late.
    pub(crate) fn stop(self) -> Duration {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // It cannot panic.
        _ = self.thread.join();
        Duration::from_micros(self.shared.late_us.load(Ordering::Relaxed))
    }
}
