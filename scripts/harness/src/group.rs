//! A program that we have started, with all that it starts itself. Dropped, all of it is killed.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpgid, kill_process_group};

use super::cleanup;

/// How often we look whether a program has ended.
const LOOK: Duration = Duration::from_millis(5);
/// The output of a program that has ended is read in a moment.
const REST: Duration = Duration::from_secs(20);
/// So many bytes of the lines of a program are kept.
const KEPT: usize = 4 * 1024 * 1024;
/// A line that is longer comes in pieces.
const LONGEST: u64 = 64 * 1024;

/// What a program writes, line by line. A thread of its own reads it, so that the program never waits for us. Only the
/// last lines are kept, so that one that writes without end does not fill the memory.
/// (Several threads may look at the program, so they have a lock.)
#[derive(Debug)]
pub struct Lines(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<Kept>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<String>,
    bytes: usize,
    is_over: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > KEPT {
            self.pop();
        }
    }

    fn pop(&mut self) -> Option<String> {
        let line = self.lines.pop_front()?;
        self.bytes -= line.len();
        Some(line)
    }
}

impl Lines {
    fn of(output: Option<impl Read + Send + 'static>) -> Self {
        let lines = Self(Arc::default());
        let shared = Arc::clone(&lines.0);
        let read = move || {
            if let Some(output) = output {
                let mut output = BufReader::new(output);
                // The lines are read even if nobody wants them: else the program would wait for us.
                while let Some(line) = next_line(&mut output) {
                    shared.lock().push(line);
                    shared.more.notify_all();
                }
            }
            shared.lock().is_over = true;
            shared.more.notify_all();
        };
        thread::spawn(read);
        lines
    }

    /// The next line; `None` at the end, or after so long.
    pub fn next(&self, patience: Duration) -> Option<String> {
        let nothing = |kept: &mut Kept| kept.lines.is_empty() && !kept.is_over;
        let waited = self.0.more.wait_timeout_while(self.0.lock(), patience, nothing);
        waited.unwrap_or_else(PoisonError::into_inner).0.pop()
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
    #[must_use]
    pub fn rest(&self) -> Vec<String> {
        std::iter::from_fn(|| self.next(REST)).collect()
    }
}

/// The next line, or as much of it as is kept in one piece.
fn next_line(output: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let size = output.take(LONGEST).read_until(b'\n', &mut line).ok()?;
    (size > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
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
    #[must_use]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(script: &str) -> Group {
        Group::start_piped(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn only_the_last_lines_of_a_flood_are_kept() {
        let mut flood = of(
            "head -c 20000000 /dev/zero | tr '\\0' x; echo; yes 'many words' | head -n 2000000; echo last",
        );
        assert!(flood.wait(Duration::from_secs(60)).unwrap().unwrap().success());
        let lines = flood.stdout.rest();
        assert_eq!(lines.last().unwrap(), "last");
        // What was in the pipe at its end comes in while these are taken out.
        let kept = lines.iter().map(String::len).sum::<usize>();
        assert!(kept <= KEPT + 200_000, "{kept}");
        assert!(lines.iter().all(|line| line.len() <= 64 * 1024));
    }

    #[test]
    fn a_line_is_there_as_soon_as_it_was_written() {
        let program = of("echo one; echo two; exec sleep 100");
        assert_eq!(program.stdout.next(REST).unwrap(), "one");
        let (lines, said) = program.stdout.until(REST, |line| (line == "two").then_some(2));
        assert_eq!((lines, said), (vec!["two".to_owned()], Some(2)));
        assert_eq!(program.stdout.next(Duration::from_millis(1)), None);
    }
}
