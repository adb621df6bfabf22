//! Looks at the server from outside, as `ps` and `top` do: what the kernel tells everybody in `/proc`.

use std::fs;
use std::time::Duration;

use rustix::process::Pid;

/// With fewer looks in a quarter, one a second, memory is not judged.
const LOOKS_IN_A_QUARTER: usize = 45;
/// Nor with fewer than one for so many clients: it takes a while until each has sent its longest request, and the
/// server's buffers are as large as they will be. Measured on lab 3: 10,000 clients, two minutes.
const CLIENTS_A_LOOK: usize = 80;
/// What a settled server may still grow by, in bytes, and besides as a share of what it has.
const SLACK: u64 = 4 * 1024 * 1024;
const SHARE: u64 = 20;

/// What a process has and has used, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Memory that is really there (RSS), in bytes.
    pub memory: u64,
    /// Open descriptors.
    pub descriptors: u64,
    /// Threads.
    pub threads: u64,
    /// Time it has computed, in the kernel and outside.
    pub cpu: Duration,
}

impl Look {
    /// Looks at a process; `None` if there is none, or none that we may look at, or no `/proc`.
    pub fn at(pid: Pid) -> Option<Self> {
        let folder = format!("/proc/{}", pid.as_raw_nonzero());
        let status = fs::read_to_string(format!("{folder}/status")).ok()?;
        let number = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let descriptors = fs::read_dir(format!("{folder}/fd")).ok()?.count() as u64;
        Some(Self {
            memory: number("VmRSS:")? * 1024,
            descriptors,
            threads: number("Threads:")?,
            cpu: cpu(&fs::read_to_string(format!("{folder}/stat")).ok()?)?,
        })
    }
}

/// Fields 14 and 15 of `/proc/PID/stat`, in ticks; the name before them may hold spaces.
fn cpu(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1)))
}

/// What memory does in the long run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// There were too few looks to tell.
    NotJudged,
    /// The lowest of the second, third and last quarter of all looks, in bytes.
    Judged([u64; 3]),
}

impl Memory {
    /// Judges looks that were taken at equal intervals. The first quarter is for settling. Of each other
    /// quarter the lowest look counts: buffers for slow readers come and go, and what leaks stays.
    pub fn of(looks: &[Look], clients: usize) -> Self {
        let quarter = looks.len() / 4;
        if quarter < Self::quarter_for(clients) {
            return Self::NotJudged;
        }
        let lowest = |number: usize| {
            let looks = looks.iter().skip(number * quarter).take(quarter);
            looks.map(|look| look.memory).min().unwrap_or_default()
        };
        Self::Judged([lowest(1), lowest(2), lowest(3)])
    }

    /// How long a quarter has to be, in seconds.
    fn quarter_for(clients: usize) -> usize {
        LOOKS_IN_A_QUARTER.max(clients / CLIENTS_A_LOOK)
    }

    /// How long it takes to tell whether memory grows, in minutes.
    pub fn minutes_for(clients: usize) -> usize {
        // One more second for each quarter: a look may come late.
        (4 * (Self::quarter_for(clients) + 1)).div_ceil(60)
    }

    /// Whether it grows steadily: from each quarter to the next without slowing down to less than a half, and
    /// by more than 4 MiB and 5 % together.
    pub fn grows(self) -> bool {
        let Self::Judged([second, third, last]) = self else { return false };
        let is_steady = second < third && last > third + (third - second) / 2;
        is_steady && last - second > SLACK + second / SHARE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(memory: impl Fn(u64) -> u64) -> Vec<Look> {
        let look = |second| Look {
            memory: memory(second) << 20,
            descriptors: 10,
            threads: 2,
            cpu: Duration::ZERO,
        };
        (0..200).map(look).collect()
    }

    #[test]
    fn memory_that_rises_from_quarter_to_quarter_grows() {
        assert!(Memory::of(&looks(|second| 100 + second), 1000).grows());
    }

    #[test]
    fn memory_that_settles_or_comes_and_goes_does_not_grow() {
        assert!(!Memory::of(&looks(|second| 100 + second.min(50)), 1000).grows());
        assert!(!Memory::of(&looks(|second| 100 + 16 * (second % 5)), 1000).grows());
        assert!(
            !Memory::of(&looks(|second| 100 + second / 50), 1000).grows(),
            "3 MiB of 100 is little"
        );
        // Three minutes of lab 3 with 10,000 clients, which stops at 362 MiB.
        assert!(!Memory::Judged([310 << 20, 340 << 20, 353 << 20]).grows());
    }

    #[test]
    fn a_short_look_judges_nothing() {
        assert_eq!(Memory::of(&looks(|second| second)[..179], 1000), Memory::NotJudged);
    }

    #[test]
    fn this_very_process_can_be_looked_at() {
        let look = Look::at(rustix::process::getpid()).unwrap();
        assert!(look.memory > 0 && look.descriptors > 2 && look.threads > 0, "{look:?}");
    }
}
