//! The processes that come from us: those that we have started, those that they have started, and so on.
//!
//! On Linux, a process whose parent has ended becomes a child of ours (`PR_SET_CHILD_SUBREAPER`), so none gets away: not by
//! `setsid`, and not by a second `fork`. On other systems, such a process is found as long as it stays in its process group.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::processes::Process;

#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "only its tests run here"))]
mod by_ps;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use by_ps as system;
#[cfg(target_os = "linux")]
use linux as system;
pub use system::{adopted, below};

/// Whether we adopt.
static ADOPTS: AtomicBool = AtomicBool::new(false);
/// A process that was killed is gone after this time, whatever it did.
const GONE: Duration = Duration::from_secs(10);
/// How often we look.
const LOOK: Duration = Duration::from_millis(2);

/// From now on, what our children leave behind becomes ours, where the kernel can do that.
///
/// # Errors
/// If it can, and does not.
pub fn adopt() -> io::Result<()> {
    system::adopt()?;
    ADOPTS.store(true, Ordering::Relaxed);
    Ok(())
}

/// Kills processes until `list` names no more, and waits for those that are children of ours; but not for `leader`, for which
/// a [`std::process::Child`] waits.
pub fn end(leader: Option<i32>, list: impl Fn() -> Vec<Process>) {
    let deadline = Instant::now() + GONE;
    loop {
        let left = list();
        if left.is_empty() || Instant::now() > deadline {
            return;
        }
        // One that sleeps cannot start others while we kill them, and keeps its place among those that there may be.
        for signal in [Signal::STOP, Signal::KILL] {
            for process in &left {
                send(process, signal);
            }
        }
        thread::sleep(LOOK);
        for process in left.iter().filter(|process| Some(process.pid()) != leader) {
            reap(process);
        }
    }
}

fn send(process: &Process, signal: Signal) {
    if let Some(pid) = Pid::from_raw(process.pid()) {
        // It may have ended by itself.
        _ = kill_process(pid, signal);
    }
}

/// Takes a child of ours that has ended out of the kernel's table.
pub fn reap(process: &Process) {
    if let Some(pid) = Pid::from_raw(process.pid()) {
        // It may be a child of another process.
        _ = waitpid(Some(pid), WaitOptions::NOHANG);
    }
}

/// Ends all that comes from us, if we adopt. No program that is needed runs any more.
pub fn end_all() {
    if ADOPTS.load(Ordering::Relaxed) {
        end(None, system::all);
    }
}

/// Asks all that comes from us to end (SIGTERM), and ends what is left after this time. So a script can remove its files.
pub fn end_all_within(grace: Duration) {
    let deadline = Instant::now() + grace;
    let mut asked = Vec::new();
    while ADOPTS.load(Ordering::Relaxed) && Instant::now() < deadline {
        let left = system::all();
        if left.is_empty() {
            return;
        }
        // One may have started another before it was asked, so look again each time.
        for process in left.iter().filter(|process| !asked.contains(&process.pid())) {
            send(process, Signal::TERM);
        }
        asked = left.iter().map(Process::pid).collect();
        thread::sleep(LOOK);
    }
    end_all();
}
