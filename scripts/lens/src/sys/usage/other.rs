//! Where the system is not Linux, nobody tells what a process costs.

use std::io;

use rustix::process::Pid;

use super::{Clock, Usage};

impl Clock {
    /// The one that a page names: no cost is read.
    #[must_use]
    pub fn best() -> Self {
        Self::Stat
    }
}

impl Usage {
    /// Reads it.
    ///
    /// # Errors
    /// Always.
    pub fn of(_: Pid, _: Clock) -> io::Result<Self> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "what a server costs is read from /proc, which only Linux has",
        ))
    }
}
