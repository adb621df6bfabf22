//! The processes that come from a server, wherever they have gone.

#[cfg(target_os = "linux")]
use std::ffi::OsStr;
use std::process::Command;

use harness::descendants::{self, adopted, below};
use harness::processes::Process;
use rustix::process::{Pid, Signal, kill_process_group};

use super::{succeeds, user};

/// They are those below the first process of the server, and of those that we have adopted the ones of its user. Without a
/// user of its own, its mark in the environment tells. (Who takes the mark away is ended before a result is written.)
#[derive(Debug, Clone)]
pub struct Members {
    leader: i32,
    /// When it was started: its number may be that of another process later.
    started: Option<u64>,
    uid: Option<u32>,
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "nobody tells the environment")
    )]
    mark: String,
}

impl Members {
    pub(super) fn new(leader: i32, uid: Option<u32>, mark: String) -> Self {
        Self { leader, started: started(leader), uid, mark }
    }

    /// Those that run now.
    #[must_use]
    pub fn list(&self) -> Vec<Process> {
        let is_same = self.started.is_some() && started(self.leader) == self.started;
        let leader = is_same.then(|| Process::new(self.leader).ok()).flatten();
        let others = adopted().into_iter().filter(|it| it.pid() != self.leader && self.has(it));
        others.chain(leader).flat_map(below).collect()
    }

    #[cfg(target_os = "linux")]
    fn has(&self, process: &Process) -> bool {
        match self.uid {
            Some(uid) => {
                let is_ours = process.status().is_ok_and(|status| status.ruid == uid);
                if is_ours && process.stat().is_ok_and(|stat| stat.state == 'Z') {
                    descendants::reap(process);
                }
                is_ours
            }
            None => process.environ().is_ok_and(|all| {
                all.get(OsStr::new(super::MARK)).is_some_and(|it| *it == *self.mark)
            }),
        }
    }

    /// Elsewhere, nobody tells the environment of a process: those that are still in the process group of the server.
    #[cfg(not(target_os = "linux"))]
    fn has(&self, process: &Process) -> bool {
        process.stat().is_ok_and(|stat| stat.pgrp == self.leader)
    }

    /// Ends all of them, and returns when they are gone. Only the first one must still be waited for.
    pub fn end(&self) {
        descendants::end(Some(self.leader), || {
            let left = self.list();
            if !left.is_empty() {
                self.kill_user();
                self.kill_group(&left);
            }
            left
        });
    }

    /// Kills all processes of the user of the server, all at once: so none can start another meanwhile.
    fn kill_user(&self) {
        if let Some(uid) = self.uid {
            let kill = ["--", "sh", "-c", "kill -KILL -1"].map(str::to_owned);
            _ = succeeds(Command::new("setpriv").args(user::options(uid)).args(kill));
        }
    }

    /// Kills those that have stayed in the process group of the server, all at once, too.
    fn kill_group(&self, left: &[Process]) {
        let is_in_group =
            |process: &Process| process.stat().is_ok_and(|stat| stat.pgrp == self.leader);
        // Only a group that is still there is ours: its number may be given away later.
        if left.iter().any(is_in_group)
            && let Some(group) = Pid::from_raw(self.leader)
        {
            _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn started(pid: i32) -> Option<u64> {
    Some(Process::new(pid).ok()?.stat().ok()?.starttime)
}
