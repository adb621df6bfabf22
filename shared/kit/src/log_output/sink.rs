//! One target of the log. Normally a line is written at once. Then a terminal that takes no more bytes
//! (Ctrl-S, a full pipe) puts the serving thread to sleep in `write`. After [`detach`], other threads
//! write the lines, and the serving thread never sleeps.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use log::warn;

use super::reason;

/// The lines that wait for one target may take this much memory, in bytes. Further lines are dropped.
const MAX_WAITING: usize = 4 * 1024 * 1024;

/// The writing thread takes this many bytes at a time, at most.
const CHUNK: usize = 64 * 1024;

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

/// Where lines go.
pub(super) struct Target<W> {
    /// What a warning calls it.
    name: String,
    writer: W,
    has_failed: bool,
}

impl<W: Write> Target<W> {
    pub(super) fn new(name: String, writer: W) -> Self {
        Self { name, writer, has_failed: false }
    }

    /// Writes. A write that fails loses the bytes and nothing else. The first time, returns a warning.
    fn write(&mut self, bytes: &[u8]) -> Option<String> {
        let error = self.writer.write_all(bytes).err()?;
        let is_first = !std::mem::replace(&mut self.has_failed, true);
        is_first.then(|| lost(&self.name, &error))
    }
}

fn lost(name: &str, error: &io::Error) -> String {
    format!("{name} cannot be written ({}):\nlines are lost.", reason(error))
}

/// A target, and how lines get there.
pub(super) enum Sink<W> {
    /// The caller writes. Without a target, lines are lost.
    Direct(Option<Target<W>>),
    /// Another thread writes.
    Detached(Queue),
}

impl<W: Write + Send + 'static> Sink<W> {
    pub(super) fn new(target: Target<W>) -> Self {
        Self::Direct(Some(target))
    }

    /// Writes a line. The first time that a line is lost, returns a warning.
    pub(super) fn write_line(&mut self, line: &str) -> Option<String> {
        if let Self::Direct(target) = self
            && IS_DETACHED.load(Ordering::Relaxed)
            && let Some(target) = target.take()
        {
            let name = target.name.clone();
            match Queue::start(target) {
                Ok(queue) => *self = Self::Detached(queue),
                Err(error) => return Some(lost(&name, &error)),
            }
        }
        match self {
            Self::Direct(target) => target.as_mut()?.write(line.as_bytes()),
            Self::Detached(queue) => {
                queue.push(line);
                None
            }
        }
    }
}

/// Lines that wait for the thread that writes them.
pub(super) struct Queue {
    shared: Arc<Shared>,
    /// The number of bytes that have not been written.
    waiting: Arc<AtomicUsize>,
    /// The number of lines that were dropped since the last line was accepted.
    dropped: u64,
}

/// The bytes of the lines. They have a fixed place: if each line had memory of its own, the writing thread
/// would free it and keep it for itself, and the heap could not give back the free memory before it.
struct Shared {
    bytes: Mutex<VecDeque<u8>>,
    has_bytes: Condvar,
}

impl Queue {
    fn start(target: Target<impl Write + Send + 'static>) -> io::Result<Self> {
        let bytes = Mutex::new(VecDeque::with_capacity(MAX_WAITING));
        let shared = Arc::new(Shared { bytes, has_bytes: Condvar::new() });
        let waiting = Arc::new(AtomicUsize::new(0));
        let (source, written) = (Arc::clone(&shared), Arc::clone(&waiting));
        // The name tells it from the threads that serve.
        let thread = thread::Builder::new().name("log".to_owned());
        thread.spawn(move || write_all(&source, target, &written))?;
        WAITING.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&waiting));
        Ok(Self { shared, waiting, dropped: 0 })
    }

    fn push(&mut self, line: &str) {
        if self.dropped > 0 {
            let lines = self.dropped;
            let notice = format!("The log was too slow: {lines} lines were dropped here.\n");
            if !self.send(&notice) {
                self.dropped += 1;
                return;
            }
            self.dropped = 0;
        }
        if !self.send(line) {
            self.dropped = 1;
        }
    }

    /// Adds a line to the queue. Returns false if the queue is full.
    fn send(&self, line: &str) -> bool {
        let mut bytes = self.shared.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = bytes.len() + line.len() <= MAX_WAITING;
        if fits {
            bytes.extend(line.as_bytes());
            self.waiting.fetch_add(line.len(), Ordering::Relaxed);
            self.shared.has_bytes.notify_one();
        }
        fits
    }
}

/// Writes the bytes of a queue, for ever. It holds the lock only to copy, never to write.
fn write_all(source: &Shared, mut target: Target<impl Write>, waiting: &AtomicUsize) {
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        chunk.clear();
        let mut bytes = source.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        while bytes.is_empty() {
            bytes = source.has_bytes.wait(bytes).unwrap_or_else(PoisonError::into_inner);
        }
        let (front, _) = bytes.as_slices();
        chunk.extend_from_slice(&front[..front.len().min(CHUNK)]);
        bytes.drain(..chunk.len());
        drop(bytes);
        if let Some(warning) = target.write(&chunk) {
            warn!("{warning}");
        }
        waiting.fetch_sub(chunk.len(), Ordering::Release);
    }
}
