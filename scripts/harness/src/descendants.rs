//! The processes that come from us: those that we have started, those that they have started, and so on. A process whose
//! parent has ended becomes a child of ours (`PR_SET_CHILD_SUBREAPER`), so none gets away: not by `setsid`, and not by a
//! second `fork`.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use procfs::process::Process;
use rustix::process::{
    Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid,
};

/// Whether we adopt.
static ADOPTS: AtomicBool = AtomicBool::new(false);
/// A process that was killed is gone after this time, whatever it did.
const GONE: Duration = Duration::from_secs(10);
/// How often we look.
const LOOK: Duration = Duration::from_millis(2);

/// From now on, what our children leave behind becomes ours.
///
/// # Errors
/// If the kernel cannot do that.
pub fn adopt() -> io::Result<()> {
    set_child_subreaper(Some(getpid()))?;
    ADOPTS.store(true, Ordering::Relaxed);
    Ok(())
}

/// A process, and all below it. What has ended is left out, but not what it has left behind.
#[must_use]
pub fn below(process: Process) -> Vec<Process> {
    let (mut all, mut next) = (Vec::new(), vec![process]);
    while let Some(process) = next.pop() {
        next.extend(children(&process));
        if is_alive(&process) {
            all.push(process);
        }
    }
    all
}

/// What we have adopted, and the children of our first thread, which cannot be told apart from it.
#[must_use]
pub fn adopted() -> Vec<Process> {
    // The kernel gives a process that has lost its parent to the first thread.
    let first = Process::myself().ok().and_then(|me| me.task_main_thread().ok());
    let children = first.and_then(|thread| thread.children().ok()).unwrap_or_default();
    processes(children)
}

fn children(process: &Process) -> Vec<Process> {
    let Ok(tasks) = process.tasks() else { return Vec::new() };
    processes(tasks.flatten().filter_map(|task| task.children().ok()).flatten())
}

fn processes(ids: impl IntoIterator<Item = u32>) -> Vec<Process> {
    ids.into_iter().filter_map(|id| Process::new(id.cast_signed()).ok()).collect()
}

fn is_alive(process: &Process) -> bool {
    process.stat().is_ok_and(|stat| !matches!(stat.state, 'Z' | 'X'))
}

/// All that comes from us.
fn all() -> Vec<Process> {
    let ours = Process::myself().map(|me| children(&me)).unwrap_or_default();
    ours.into_iter().flat_map(below).collect()
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
        end(None, all);
    }
}

/// Asks all that comes from us to end (SIGTERM), and ends what is left after this time. So a script can remove its files.
pub fn end_all_within(grace: Duration) {
    let deadline = Instant::now() + grace;
    let mut asked = Vec::new();
    while ADOPTS.load(Ordering::Relaxed) && Instant::now() < deadline {
        let left = all();
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
