//! The tree of processes, as `/proc` tells of it.

use std::io;

use procfs::process::Process;
use rustix::process::{getpid, set_child_subreaper};

/// From now on, what our children leave behind becomes ours.
pub(super) fn adopt() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
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
pub(super) fn all() -> Vec<Process> {
    let ours = Process::myself().map(|me| children(&me)).unwrap_or_default();
    ours.into_iter().flat_map(below).collect()
}
