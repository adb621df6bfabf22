//! Ends every process that a check has started, also those that have left their terminal or their parent.
//!
//! A process whose parent ends becomes a child of the nearest *subreaper* above it (`prctl(2)`). The check is one.
//! So all that a document starts stays its descendant, daemons too.

use std::fs;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};

use crate::process::Stat;

/// The time for processes to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);

/// Makes this process the parent of orphans, so that [`end_all`] finds them.
pub fn adopt() {
    #[cfg(target_os = "linux")]
    // A kernel older than 3.4 refuses. Then only the processes that keep their parent are ended.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends all descendants of this process: with SIGTERM, and after [`GRACE`] with SIGKILL.
pub fn end_all() {
    for (signal, patience) in [(Signal::TERM, GRACE), (Signal::KILL, 2 * GRACE)] {
        let deadline = Instant::now() + patience;
        let mut signalled = Vec::new();
        loop {
            while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
            let alive = descendants();
            if alive.is_empty() || Instant::now() > deadline {
                break;
            }
            // A process may start another one before the signal reaches it, so look again each time.
            for pid in alive {
                if !signalled.contains(&pid) {
                    signalled.push(pid);
                    let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, signal));
                }
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn descendants() -> Vec<i32> {
    let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(pid);
    let parents: Vec<(i32, i32)> =
        pids.filter_map(|pid| Some((pid, Stat::of(pid)?.parent))).collect();
    let mut family = vec![process::id().cast_signed()];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| pid));
        next += 1;
    }
    family.split_off(1)
}
