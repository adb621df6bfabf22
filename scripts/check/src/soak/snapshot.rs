//! What the server has and uses, and whether its memory grows.

use std::time::Duration;

use crate::process::{Stat, descriptors};

/// Memory is judged if a quarter of the time has this many snapshots at least. There is one a second.
const SNAPSHOTS_A_QUARTER: usize = 45;
/// With many clients, a quarter needs one snapshot for this many clients. It takes time until each client has sent
/// its longest request and the server's buffers have their full size. Measured on lab 3: 10,000 clients, two minutes.
const CLIENTS_A_SNAPSHOT: usize = 80;
/// A settled server may still grow by this many bytes and this share (one in 20) of its memory.
const SLACK: u64 = 4 * 1024 * 1024;
const SLACK_SHARE: u64 = 20;

/// What a process has and has used, at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot {
    /// Resident memory (RSS) in bytes.
    pub memory: u64,
    /// Open descriptors.
    pub descriptors: u64,
    /// Threads.
    pub threads: u64,
    /// Time on a processor.
    pub cpu: Duration,
}

/// All snapshots of one soak.
#[derive(Debug, Default)]
pub struct Snapshots {
    /// Before the first client.
    pub before: Option<Snapshot>,
    /// While the clients are there, one a second.
    pub during: Vec<Snapshot>,
    /// After all clients have left.
    pub after: Option<Snapshot>,
}

impl Snapshot {
    /// Takes a snapshot; `None` if there is no such process, or this user may not see it.
    pub fn of(pid: i32) -> Option<Self> {
        let Stat { memory, threads, cpu, .. } = Stat::of(pid)?;
        Some(Self { memory, descriptors: descriptors(pid)?, threads, cpu })
    }
}

/// The lowest memory of the second, third and last quarter, in bytes; `None` if the time was too short.
///
/// The first quarter is for settling. The lowest value counts, because buffers for slow readers come and go, and a
/// leak stays.
pub fn lowest_of_quarters(during: &[Snapshot], clients: usize) -> Option<[u64; 3]> {
    let quarter = during.len() / 4;
    let lowest = |number: usize| {
        let snapshots = during.iter().skip(number * quarter).take(quarter);
        snapshots.map(|snapshot| snapshot.memory).min().unwrap_or_default()
    };
    (quarter >= snapshots_needed(clients)).then(|| [lowest(1), lowest(2), lowest(3)])
}

/// Whether memory grows steadily: in both steps, the second not less than half of the first, and by more than
/// 4 MiB and 5 % together.
pub fn grows([second, third, last]: [u64; 3]) -> bool {
    let is_steady = second < third && last > third + (third - second) / 2;
    is_steady && last - second > SLACK + second / SLACK_SHARE
}

/// How many minutes a soak has to last so that memory is judged.
pub fn minutes_to_judge(clients: usize) -> usize {
    // One more second for each quarter: a snapshot may come late.
    (4 * (snapshots_needed(clients) + 1)).div_ceil(60)
}

fn snapshots_needed(clients: usize) -> usize {
    SNAPSHOTS_A_QUARTER.max(clients / CLIENTS_A_SNAPSHOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshots(memory: impl Fn(u64) -> u64) -> Vec<Snapshot> {
        let snapshot = |second| Snapshot {
            memory: memory(second) << 20,
            descriptors: 10,
            threads: 2,
            cpu: Duration::ZERO,
        };
        (0..200).map(snapshot).collect()
    }

    fn is_growth(memory: impl Fn(u64) -> u64) -> bool {
        grows(lowest_of_quarters(&snapshots(memory), 1000).unwrap())
    }

    #[test]
    fn memory_that_rises_from_quarter_to_quarter_grows() {
        assert!(is_growth(|second| 100 + second));
    }

    #[test]
    fn memory_that_settles_or_comes_and_goes_does_not_grow() {
        assert!(!is_growth(|second| 100 + second.min(50)));
        assert!(!is_growth(|second| 100 + 16 * (second % 5)));
        assert!(!is_growth(|second| 100 + second / 50), "3 MiB of 100 is little");
        // Three minutes of lab 3 with 10,000 clients, which stops at 362 MiB.
        assert!(!grows([310 << 20, 340 << 20, 353 << 20]));
    }

    #[test]
    fn a_short_soak_judges_nothing() {
        assert_eq!(lowest_of_quarters(&snapshots(|second| second)[..179], 1000), None);
    }

    #[test]
    fn this_very_process_has_memory_descriptors_and_threads() {
        let memory = vec![1_u8; 1 << 24];
        let snapshot = Snapshot::of(std::process::id().cast_signed()).unwrap();
        assert!(snapshot.memory > memory.len() as u64, "{snapshot:?}");
        assert!(snapshot.memory < 1 << 34, "{snapshot:?}");
        assert!(snapshot.descriptors > 2 && snapshot.threads > 1, "{snapshot:?}");
    }
}
