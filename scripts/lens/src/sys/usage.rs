//! What a process costs, as the kernel counts it (man 5 proc).

use std::io;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use serde::Serialize;

#[cfg(target_os = "linux")]
mod linux;
/// Nobody else tells what a process costs.
#[cfg(not(target_os = "linux"))]
mod other;

/// Where the CPU time of a process comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The CPU clock of the process (`clock_getcpuclockid`), in nanoseconds.
    Process,
    /// `/proc/PID/stat`, in ticks of 10 ms.
    Stat,
}

impl Clock {
    /// What to call it: its source, and its step.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Process => "the CPU clock of the process (nanoseconds, all threads)",
            Self::Stat => "/proc/PID/stat (ticks of 10 ms: this kernel has no CPU clocks)",
        }
    }
}

/// What a process has cost up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Time on a CPU, in the kernel and outside of it, of all its threads, also of those that have ended.
    pub cpu: Duration,
    /// Memory that it holds now, in bytes (`VmRSS`).
    pub rss: u64,
    /// The most that it ever held, in bytes (`VmHWM`).
    pub peak_rss: u64,
    /// How often its threads have left their CPUs. The kernel forgets a thread that has ended here; see
    /// `switches_of_children`.
    pub switches: Switches,
}

/// How often a thread has left its CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Switches {
    /// To wait for something.
    pub voluntary: u64,
    /// Because others wanted to run too.
    pub involuntary: u64,
}

impl Switches {
    /// All of them.
    #[must_use]
    pub fn sum(self) -> u64 {
        self.voluntary + self.involuntary
    }

    /// Those that have come since then.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            voluntary: self.voluntary.saturating_sub(before.voluntary),
            involuntary: self.involuntary.saturating_sub(before.involuntary),
        }
    }
}

impl Usage {
    /// The time on a CPU since then, in µs, for each of so many.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn cpu_micros_each(&self, before: &Self, count: u64) -> f64 {
        self.cpu.saturating_sub(before.cpu).as_secs_f64() * 1e6 / count.max(1) as f64
    }
}

/// How often all children of ours that have ended, and that we have waited for, have left their CPUs, with all
/// their threads. What a server adds to it when it ends is exact; `/proc` forgets threads that have ended.
///
/// # Errors
/// If the kernel does not tell.
pub fn switches_of_children() -> io::Result<Switches> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let [voluntary, involuntary] =
        [usage.voluntary_context_switches(), usage.involuntary_context_switches()]
            .map(|count| u64::try_from(count).unwrap_or(0));
    Ok(Switches { voluntary, involuntary })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clocks_agree_about_ourselves() {
        let pid = rustix::process::getpid();
        let fine = Usage::of(pid, Clock::best()).unwrap();
        let coarse = Usage::of(pid, Clock::Stat).unwrap();
        assert!(coarse.cpu.abs_diff(fine.cpu) < Duration::from_millis(500), "{fine:?} {coarse:?}");
        assert!(fine.rss > 0 && fine.peak_rss >= fine.rss / 2);
    }

    #[test]
    fn a_thread_that_has_ended_still_counts() {
        let pid = rustix::process::getpid();
        let before = Usage::of(pid, Clock::Process).unwrap();
        let spin = move || {
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_millis(100) {}
            Usage::of(pid, Clock::Process).unwrap()
        };
        let inside = std::thread::spawn(spin).join().unwrap();
        let after = Usage::of(pid, Clock::Process).unwrap();
        assert!(after.cpu >= inside.cpu && inside.cpu > before.cpu, "{before:?} {after:?}");
    }

    #[test]
    fn the_switches_of_a_child_count_when_it_has_ended() {
        let count = || switches_of_children().map(|it| it.voluntary + it.involuntary).unwrap();
        let before = count();
        assert!(std::process::Command::new("sleep").arg("0.01").status().unwrap().success());
        assert!(count() > before);
    }
}
