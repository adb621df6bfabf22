//! Ends everything that a check has started, also what has left its terminal or its parent.
//!
//! A process whose parent ends becomes a child of the nearest *subreaper* above it (`prctl(2)`): we are one,
//! so whatever a document has started stays our descendant, daemons too.

use std::fs;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};

/// How long a process may take to end by itself once it has been asked to.
const GRACE: Duration = Duration::from_secs(2);

/// Makes orphans ours, so that [`end`] finds them.
pub fn adopt() {
    #[cfg(target_os = "linux")]
    // A kernel older than 3.4 says no; then only what stayed in its terminal is ended.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends all descendants of this process: asks them to, and when that does not help, does not ask.
pub fn end() {
    for (signal, patience) in [(Signal::TERM, GRACE), (Signal::KILL, 2 * GRACE)] {
        let deadline = Instant::now() + patience;
        let mut asked = Vec::new();
        loop {
            while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {}
            let alive = descendants();
            if alive.is_empty() || Instant::now() > deadline {
                break;
            }
            // A process may start another one before it hears us: the newcomers are asked too.
            for pid in alive {
                if !asked.contains(&pid) {
                    asked.push(pid);
                    let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, signal));
                }
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn descendants() -> Vec<i32> {
    let parents: Vec<(i32, i32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
            Some((pid, parent(pid)?))
        })
        .collect();
    let mut found = vec![process::id().cast_signed()];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| pid));
        next += 1;
    }
    found.split_off(1)
}

/// Field 4 of `/proc/PID/stat`, after the name in parentheses (which may itself hold spaces and parentheses).
fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
