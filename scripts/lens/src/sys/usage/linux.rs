//! What `/proc` and the CPU clocks tell.

use std::io;
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid};
use procfs::process::Process;
use procfs::{ProcError, ticks_per_second};
use rustix::process::Pid;

use super::{Clock, Switches, Usage};

impl Clock {
    /// The best that this kernel has.
    #[must_use]
    pub fn best() -> Self {
        if nanoseconds(rustix::process::getpid()).is_ok() { Self::Process } else { Self::Stat }
    }
}

impl Usage {
    /// Reads it.
    ///
    /// # Errors
    /// If there is no such process, or it is not ours to read.
    pub fn of(pid: Pid, clock: Clock) -> io::Result<Self> {
        let process = process(pid)?;
        let status = process.status().map_err(in_words)?;
        let cpu = match clock {
            Clock::Process => nanoseconds(pid)?,
            Clock::Stat => ticks(&process)?,
        };
        // A process that is ending has no memory.
        let bytes = |kilobytes: Option<u64>| kilobytes.unwrap_or(0) * 1024;
        let (rss, peak_rss) = (bytes(status.vmrss), bytes(status.vmhwm));
        Ok(Self { cpu, rss, peak_rss, switches: switches(&process)? })
    }
}

/// The sum over all threads: `/proc/PID/status` tells of the first one only.
fn switches(process: &Process) -> io::Result<Switches> {
    let mut sum = Switches::default();
    for thread in process.tasks().map_err(in_words)? {
        // A thread may end while we look.
        let Ok(status) = thread.and_then(|thread| thread.status()) else { continue };
        sum.voluntary += status.voluntary_ctxt_switches.unwrap_or(0);
        sum.involuntary += status.nonvoluntary_ctxt_switches.unwrap_or(0);
    }
    Ok(sum)
}

/// All threads of a process, also those that have ended: `schedstat` forgets these.
fn nanoseconds(pid: Pid) -> io::Result<Duration> {
    let clock: ClockId = clock_getcpuclockid(nix::unistd::Pid::from_raw(pid.as_raw_pid()))?;
    Ok(clock.now()?.into())
}

fn ticks(process: &Process) -> io::Result<Duration> {
    let stat = process.stat().map_err(in_words)?;
    Ok(Duration::from_secs(stat.utime + stat.stime)
        / u32::try_from(ticks_per_second()).unwrap_or(100))
}

/// The process of this number.
///
/// # Errors
/// If there is none, or it is not ours to read.
fn process(pid: Pid) -> io::Result<Process> {
    Process::new(pid.as_raw_pid()).map_err(in_words)
}

fn in_words(error: ProcError) -> io::Error {
    match error {
        ProcError::Io(error, _) => error,
        error => io::Error::other(error),
    }
}
