//! What a process costs, as the kernel counts it (man 5 proc).

use std::fs;
use std::io;
use std::time::Duration;

use rustix::process::Pid;
use serde::Serialize;

use crate::watch::process::{Switches, TICKS_PER_SECOND, parse_stat, parse_switches};

/// How finely the kernel tells the CPU time of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// `/proc/PID/task/*/schedstat`, in nanoseconds: where the kernel has it (`CONFIG_SCHED_INFO`).
    Schedstat,
    /// `/proc/PID/stat`, in ticks of 10 ms.
    Stat,
}

impl Clock {
    /// The best that this kernel has.
    #[must_use]
    pub fn best() -> Self {
        let ours = rustix::process::getpid();
        if nanoseconds(ours).is_ok() { Self::Schedstat } else { Self::Stat }
    }

    /// What to call it: the file, and its step.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Schedstat => "/proc/PID/task/*/schedstat (nanoseconds)",
            Self::Stat => "/proc/PID/stat (ticks of 10 ms: this kernel has no schedstat)",
        }
    }
}

/// What a process has cost up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Time on a CPU, in the kernel and outside of it, of all its threads.
    pub cpu: Duration,
    /// Memory that it holds now, in bytes (`VmRSS`).
    pub rss: u64,
    /// The most that it ever held, in bytes (`VmHWM`).
    pub peak_rss: u64,
    /// How often its main thread has left its CPU.
    pub switches: Switches,
}

impl Usage {
    /// Reads it. CPU time of a thread that has ended counts with [`Clock::Stat`] only; servers keep theirs.
    ///
    /// # Errors
    /// If there is no such process, or it is not ours to read.
    pub fn of(pid: Pid, clock: Clock) -> io::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_pid()))?;
        let cpu = match clock {
            Clock::Schedstat => nanoseconds(pid)?,
            Clock::Stat => ticks(pid)?,
        };
        let odd = || odd("status");
        Ok(Self {
            cpu,
            rss: kibibytes(&status, "VmRSS:").ok_or_else(odd)?,
            peak_rss: kibibytes(&status, "VmHWM:").ok_or_else(odd)?,
            switches: parse_switches(&status).ok_or_else(odd)?,
        })
    }
}

/// The sum over all threads: `/proc/PID/schedstat` tells of the first one only.
fn nanoseconds(pid: Pid) -> io::Result<Duration> {
    let mut sum = Duration::ZERO;
    for thread in fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid()))? {
        match fs::read_to_string(thread?.path().join("schedstat")) {
            Ok(text) => sum += parse_schedstat(&text).ok_or_else(|| odd("schedstat"))?,
            // The thread has ended since; `open` or `read` says so.
            Err(_) if sum > Duration::ZERO => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sum)
}

fn ticks(pid: Pid) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid()))?;
    let ticks = parse_stat(&stat).ok_or_else(|| odd("stat"))?.ticks;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 ticks")]
    Ok(Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND))
}

/// The first word of `schedstat`: nanoseconds on a CPU.
fn parse_schedstat(text: &str) -> Option<Duration> {
    Some(Duration::from_nanos(text.split_ascii_whitespace().next()?.parse().ok()?))
}

fn kibibytes(status: &str, key: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn odd(file: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("its {file} reads in no way we know"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedstat_and_a_status_are_read() {
        let nanos = Duration::from_nanos(987_939_289);
        assert_eq!(parse_schedstat("987939289 39183314 19431\n"), Some(nanos));
        assert_eq!(parse_schedstat(""), None);
        assert_eq!(kibibytes("VmHWM:\t    2048 kB\nVmRSS:\t1024 kB\n", "VmRSS:"), Some(1 << 20));
    }

    #[test]
    fn both_clocks_agree_about_ourselves() {
        let pid = rustix::process::getpid();
        // Our own thread is counted up to its last tick; what it has used since is missing in both.
        let fine = Usage::of(pid, Clock::best()).unwrap();
        let coarse = Usage::of(pid, Clock::Stat).unwrap();
        assert!(coarse.cpu.abs_diff(fine.cpu) < Duration::from_millis(500), "{fine:?} {coarse:?}");
        assert!(fine.rss > 0 && fine.peak_rss >= fine.rss / 2);
    }
}
