//! What must not outlive us when somebody presses Ctrl-C: programs that we have started, and a folder
//! that is not whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kit::signals::on_signal;
use rustix::process::{Pid, Signal, kill_process_group};

use super::descendants;

static LEFT: Mutex<Left> = Mutex::new(Left { groups: Vec::new(), folder: None });

struct Left {
    groups: Vec<Pid>,
    folder: Option<PathBuf>,
}

fn left() -> MutexGuard<'static, Left> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on, Ctrl-C, SIGTERM and SIGHUP end what we have started, and then us, with exit code 130. A signal
/// that is ignored (`nohup`) stays ignored. Call it before there is a second thread.
///
/// # Errors
/// If the process cannot handle signals.
pub fn end_on_signals() -> io::Result<()> {
    on_signal(|| {
        let left = left();
        for group in &left.groups {
            // It may have ended by itself.
            _ = kill_process_group(*group, Signal::KILL);
        }
        descendants::end_all();
        if let Some(folder) = &left.folder {
            _ = fs::remove_dir_all(folder);
        }
        std::process::exit(130);
    })
}

/// Starts a program, the leader of a group of its own, that ends with us. While it starts, no signal is
/// handled: we would end, and it would stay, because it is not in the list yet.
pub(crate) fn spawn(command: &mut Command) -> io::Result<(Child, Option<Pid>)> {
    let mut left = left();
    let child = command.spawn()?;
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    left.groups.extend(id);
    Ok((child, id))
}

/// It has ended: its number may be that of others soon.
pub(crate) fn has_ended(group: Pid) {
    left().groups.retain(|other| *other != group);
}

/// This folder, in place of the one before, ends with us.
pub fn remove_on_signal(folder: &Path) {
    left().folder = Some(folder.to_owned());
}
