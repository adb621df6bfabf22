//! One target of the log. Normally a line is written at once. Then a terminal that takes no more bytes
//! (Ctrl-S, a full pipe) puts the serving thread to sleep in `write`. After [`detach`], other threads
//! write the lines, and the serving thread never sleeps.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The lines that wait for one target may take this much memory, in bytes. Further lines are dropped.
const MAX_WAITING: usize = 4 * 1024 * 1024;

/// At its end, the process waits this long for the lines that have not been written.
const FLUSH_TIME: Duration = Duration::from_millis(500);

static IS_DETACHED: AtomicBool = AtomicBool::new(false);

/// The numbers of bytes that wait for each target.
static WAITING: Mutex<Vec<Arc<AtomicUsize>>> = Mutex::new(Vec::new());

/// From now on, a thread for each target writes the lines. If a target is too slow, lines are dropped, and
/// the log says how many.
pub fn detach() {
    IS_DETACHED.store(true, Ordering::Relaxed);
}

/// Waits until all lines are written, but not for ever.
pub fn flush() {
    let started = Instant::now();
    let waiting = || {
        let counts = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().any(|count| count.load(Ordering::Acquire) > 0)
    };
    while waiting() && started.elapsed() < FLUSH_TIME {
        thread::sleep(Duration::from_millis(1));
    }
}

/// A target, and how lines get there.
pub(super) enum Sink<W> {
    /// The caller writes. A write that fails loses the line and nothing else.
    Direct(Option<W>),
    /// Another thread writes.
    Detached(Queue),
}

impl<W: Write + Send + 'static> Sink<W> {
    pub(super) fn new(target: W) -> Self {
        Self::Direct(Some(target))
    }

    pub(super) fn write_line(&mut self, line: String) {
        if let Self::Direct(target) = self
            && IS_DETACHED.load(Ordering::Relaxed)
            && let Some(target) = target.take()
        {
            *self = Self::Detached(Queue::start(target));
        }
        match self {
            Self::Direct(Some(target)) => _ = target.write_all(line.as_bytes()),
            Self::Direct(None) => {}
            Self::Detached(queue) => queue.push(line),
        }
    }
}

/// Lines that wait for the thread that writes them.
pub(super) struct Queue {
    lines: Sender<String>,
    /// The number of bytes that wait.
    waiting: Arc<AtomicUsize>,
    /// The number of lines that were dropped since the last line was accepted.
    dropped: u64,
}

impl Queue {
    fn start(mut target: impl Write + Send + 'static) -> Self {
        let (lines, receiver) = mpsc::channel::<String>();
        let waiting = Arc::new(AtomicUsize::new(0));
        WAITING.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&waiting));
        let written = Arc::clone(&waiting);
        thread::spawn(move || {
            for line in receiver {
                _ = target.write_all(line.as_bytes());
                written.fetch_sub(line.len(), Ordering::Release);
            }
        });
        Self { lines, waiting, dropped: 0 }
    }

    fn push(&mut self, line: String) {
        if self.waiting.load(Ordering::Relaxed) + line.len() > MAX_WAITING {
            self.dropped += 1;
            return;
        }
        if self.dropped > 0 {
            let notice =
                format!("The log was too slow: {} lines were dropped here.\n", self.dropped);
            self.dropped = 0;
            self.send(notice);
        }
        self.send(line);
    }

    fn send(&self, line: String) {
        self.waiting.fetch_add(line.len(), Ordering::Relaxed);
        _ = self.lines.send(line);
    }
}
