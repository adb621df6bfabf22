//! How much of everything a server may have. The labs of the kit take a small part of it.

use std::fmt;
use std::time::Duration;

/// So large a file may be, in bytes. The kernel sends SIGXFSZ to a process that makes a larger one.
pub(super) const FILE_SIZE: u64 = 64 * MIB;
/// So many files a process may have open, where the step does not say.
pub(super) const OPEN_FILES: u64 = 4096;
/// So many threads the user of a server may have: enough for one a client. Where each of them has a session of its own,
/// the kernel gives each as much time as all of ours together (`sched(7)`, autogroup), so it must not be many more.
pub(super) const THREADS: u64 = 192;
/// So many processes a server may have.
pub(super) const PROCESSES: usize = 64;
/// So much memory all of its processes may have, in MiB.
pub(super) const MEMORY_MIB: u64 = 1024;
/// So much they may write, to files, to their output and to sockets, in MiB.
pub(super) const WRITTEN_MIB: u64 = 512;
/// So long a step may take.
pub(super) const TIME: Duration = Duration::from_secs(120);

pub(super) const MIB: u64 = 1024 * 1024;

/// A limit that a server has exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// There were too many processes.
    Processes,
    /// They had too much memory.
    Memory,
    /// They wrote too much.
    Written,
    /// The step took too long.
    Time,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processes => write!(f, "it had more than {PROCESSES} processes"),
            Self::Memory => write!(f, "it had more than {MEMORY_MIB} MiB of memory"),
            Self::Written => write!(f, "it wrote more than {WRITTEN_MIB} MiB"),
            Self::Time => write!(f, "the step took more than {} s", TIME.as_secs()),
        }
    }
}
