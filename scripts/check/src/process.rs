//! What the kernel tells about a process in `/proc`. Source: proc(5).

use std::fs;
use std::time::Duration;

/// A part of `/proc/PID/stat`.
#[derive(Debug, Clone, Copy)]
pub struct Stat {
    /// The time on a processor, of all threads, in the kernel and outside.
    pub cpu: Duration,
    /// The number of threads.
    pub threads: u64,
    /// Resident memory (RSS) in bytes.
    pub memory: u64,
}

impl Stat {
    /// Reads it; `None` if there is no such process, or no `/proc`.
    pub fn of(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name of the program is field 2. It may contain spaces and parentheses.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        let ticks = number(14)? + number(15)?;
        Some(Self {
            cpu: Duration::from_millis(
                ticks * 1000 / rustix::param::clock_ticks_per_second().max(1),
            ),
            threads: number(20)?,
            memory: number(24)? * rustix::param::page_size() as u64,
        })
    }
}

/// The number of open descriptors; `None` if this user may not know it.
pub fn descriptors(pid: i32) -> Option<u64> {
    Some(fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as u64)
}
