//! A program that we have started, with all that it starts itself. Dropped, all of it is killed.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpgid, kill_process_group};

use super::cleanup;

/// How often we look whether a program has ended.
const LOOK: Duration = Duration::from_millis(5);

/// A running program, the leader of a process group of its own.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts the command.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        // In a group of its own it does not get the Ctrl-C that is for us.
        let (child, id) = cleanup::spawn(command.process_group(0))?;
        Ok(Self { child, id })
    }

    /// Whether a process belongs to it: no other may get our signals.
    pub(crate) fn contains(&self, pid: Pid) -> bool {
        getpgid(Some(pid)).is_ok_and(|group| Some(group) == self.id)
    }

    /// Sends a signal to all of it.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // It may have ended by itself.
            _ = kill_process_group(id, signal);
        }
    }

    /// Waits until it has ended; `None` if it has not within `patience`.
    pub(crate) fn wait(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                if let Some(id) = self.id.take() {
                    cleanup::has_ended(id);
                }
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.id.is_some() {
            self.signal(Signal::KILL);
            // There is nobody left to tell.
            _ = self.wait(Duration::from_secs(5));
        }
    }
}
