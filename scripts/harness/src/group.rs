//! A program that we have started, with all that it starts itself. Dropped, all of it is killed.

use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpgid, kill_process_group};

use super::cleanup;

/// How often we look whether a program has ended.
const LOOK: Duration = Duration::from_millis(5);
/// The output of a program that has ended is read in a moment.
const REST: Duration = Duration::from_secs(20);

/// What a program writes, line by line. A thread of its own reads it, so that the program never waits for us.
/// (Several threads may look at the program, so the receiver has a lock.)
#[derive(Debug)]
pub struct Lines(Mutex<Receiver<String>>);

impl Lines {
    fn of(output: Option<impl Read + Send + 'static>) -> Self {
        let (sender, lines) = mpsc::channel();
        if let Some(output) = output {
            thread::spawn(move || {
                let mut output = BufReader::new(output);
                let mut line = Vec::new();
                while output.read_until(b'\n', &mut line).is_ok_and(|size| size > 0) {
                    let text =
                        String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
                    line.clear();
                    // The lines are read even if the receiver is gone: else the program would wait for us.
                    _ = sender.send(text);
                }
            });
        }
        Self(Mutex::new(lines))
    }

    /// The next line; `None` at the end, or after so long.
    pub fn next(&self, patience: Duration) -> Option<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.recv_timeout(patience).ok()
    }

    /// All lines up to the first for which `is_it` says something, and what it says. `None` for that at the end,
    /// or after so long.
    pub fn until<T>(
        &self,
        patience: Duration,
        is_it: impl Fn(&str) -> Option<T>,
    ) -> (Vec<String>, Option<T>) {
        let (deadline, mut lines, mut said) = (Instant::now() + patience, Vec::new(), None);
        while said.is_none()
            && let Some(line) = self.next(deadline.saturating_duration_since(Instant::now()))
        {
            said = is_it(&line);
            lines.push(line);
        }
        (lines, said)
    }

    /// The lines that are left of a program that has ended.
    pub fn rest(&self) -> Vec<String> {
        std::iter::from_fn(|| self.next(REST)).collect()
    }
}

/// A running program, the leader of a process group of its own.
#[derive(Debug)]
pub struct Group {
    /// What it writes to stdout, where that is a pipe.
    pub stdout: Lines,
    /// The same of stderr.
    pub stderr: Lines,
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts the command. Its output can be read where the command has a pipe for it.
    ///
    /// # Errors
    /// If there is no such program, or it may not be run.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        // In a group of its own it does not get the Ctrl-C that is for us.
        let (mut child, id) = cleanup::spawn(command.process_group(0).stdin(Stdio::null()))?;
        let (stdout, stderr) = (Lines::of(child.stdout.take()), Lines::of(child.stderr.take()));
        Ok(Self { stdout, stderr, child, id })
    }

    /// Starts the command, with pipes for all its output.
    ///
    /// # Errors
    /// If there is no such program, or it may not be run.
    pub fn start_piped(command: &mut Command) -> io::Result<Self> {
        Self::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    /// Its number, which is that of the program; `None` when it has ended.
    #[must_use]
    pub fn id(&self) -> Option<Pid> {
        self.id
    }

    /// Whether a process belongs to it: no other may get our signals.
    pub fn contains(&self, pid: Pid) -> bool {
        getpgid(Some(pid)).is_ok_and(|group| Some(group) == self.id)
    }

    /// Sends a signal to all of it.
    pub fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // It may have ended by itself.
            _ = kill_process_group(id, signal);
        }
    }

    /// Waits until it has ended; `None` if it has not within `patience`.
    ///
    /// # Errors
    /// If the kernel does not say whether it has ended.
    pub fn wait(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
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
            // An error here can be reported to nobody.
            _ = self.wait(Duration::from_secs(5));
        }
    }
}
