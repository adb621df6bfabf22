//! A thread that looks again and again at what a server takes, and ends it when that is too much.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use harness::processes::{Process, memory, written};
use rustix::process::setpriority_process;

use super::limit::{Limit, MEMORY_MIB, MIB, PROCESSES, TIME, WRITTEN_MIB};
use super::members::Members;

/// How often it looks. A server that wants to can take more than its limit meanwhile, but not much more.
/// Where there is no `/proc`, a look means to start `ps`.
const LOOK: Duration = Duration::from_millis(if cfg!(target_os = "linux") { 40 } else { 250 });

/// The niceness of a thread that comes before all others.
const FIRST: i32 = -20;

/// The thread. Dropped, it ends, and the server and all that comes from it are ended.
#[derive(Debug)]
pub struct Watcher {
    members: Members,
    exceeded: Arc<OnceLock<Limit>>,
    /// Closed when the server is not needed any more.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Watches the processes of a server from now on.
    #[must_use]
    pub fn start(members: Members) -> Self {
        let (stop, stopped) = mpsc::channel();
        let exceeded = Arc::new(OnceLock::new());
        let (watched, limit) = (members.clone(), Arc::clone(&exceeded));
        let begun = Instant::now();
        let watch = move || {
            // Among a thousand processes that want to run, this thread must have its turn. Only root may ask for it.
            _ = setpriority_process(None, FIRST);
            while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                if let Some(is) = is_exceeded(&watched.list(), begun) {
                    // First the reason: whoever sees the end of the server asks for it.
                    _ = limit.set(is);
                    watched.end();
                }
            }
        };
        let thread = Some(thread::spawn(watch));
        Self { members, exceeded, stop: Some(stop), thread }
    }

    /// The limit that the server has exceeded, and for which it was ended.
    #[must_use]
    pub fn exceeded(&self) -> Option<Limit> {
        self.exceeded.get().copied()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It cannot panic.
            _ = thread.join();
        }
        self.members.end();
    }
}

fn is_exceeded(processes: &[Process], begun: Instant) -> Option<Limit> {
    if processes.len() > PROCESSES {
        return Some(Limit::Processes);
    }
    let sum = |of: fn(&Process) -> Option<u64>| processes.iter().filter_map(of).sum::<u64>() / MIB;
    if sum(memory) > MEMORY_MIB {
        return Some(Limit::Memory);
    }
    if sum(written) > WRITTEN_MIB {
        return Some(Limit::Written);
    }
    (begun.elapsed() > TIME).then_some(Limit::Time)
}
