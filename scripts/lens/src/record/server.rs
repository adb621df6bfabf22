//! The lab, or Redis, running under strace.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::RecordError;
use super::group::Group;
use super::program::Program;

/// How long a lab may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// A server that is ready.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) addr: SocketAddr,
    pub(super) pid: Pid,
    /// How it was started, as one would type it.
    pub(super) command: String,
    group: Group,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    /// What it has logged before it was ready, if its log goes to stdout.
    log: Vec<String>,
    package: &'static str,
}

/// What a lab has said, once it has ended.
#[derive(Debug)]
pub(super) struct Said {
    /// The last line on stdout: what was served.
    pub(super) last: String,
    /// Its log: all lines on stderr, and for Redis those on stdout.
    pub(super) log: Vec<String>,
}

impl Server {
    /// Starts the program, and waits until it says that it is ready.
    pub(super) fn start(
        program: &Program,
        trace: &Path,
        progress: &mut impl Write,
    ) -> Result<Self, RecordError> {
        let package = program.package;
        let start = |why: String| RecordError::Start { package, why };
        let command = program.command();
        _ = writeln!(progress, "+ {command}");
        let mut tool = Command::new("strace");
        tool.args(program.tracer()).arg("-o").arg(trace).arg("--").arg(&program.binary);
        tool.args(&program.options);
        tool.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::start(&mut tool).map_err(|error| start(error.to_string()))?;
        let stdout = lines_of(group.child.stdout.take());
        let stderr = lines_of(group.child.stderr.take());
        let (mut ready, mut log) = (None, Vec::new());
        while ready.is_none()
            && let Ok(line) = stdout.recv_timeout(PATIENCE)
        {
            ready = program.ready(&line);
            log.push(line);
        }
        let Some((addr, pid)) = ready.filter(|(_, pid)| group.contains(*pid)) else {
            drop(group);
            log.extend(rest_of(&stderr));
            return Err(start(last_words(&log)));
        };
        if !program.logs_to_stdout {
            log.clear();
        }
        Ok(Self { addr, pid, command, group, stdout, stderr, log, package })
    }

    /// Asks the lab to end, and returns what it has said.
    pub(super) fn stop(mut self) -> Result<Said, RecordError> {
        let end = |why: &str| RecordError::End { package: self.package, why: why.to_owned() };
        // If it is gone already, its exit code tells more than this would.
        _ = kill_process(self.pid, Signal::TERM);
        match self.group.wait(PATIENCE).map_err(|error| end(&error.to_string()))? {
            Some(status) if status.success() => {
                let rest = rest_of(&self.stdout);
                let last = rest.last().cloned().unwrap_or_default();
                if !self.log.is_empty() {
                    self.log.extend(rest);
                }
                self.log.extend(rest_of(&self.stderr));
                Ok(Said { last, log: self.log })
            }
            Some(status) => Err(end(&format!("it ended with {status}"))),
            None => Err(end("it did not end after SIGTERM, so it was killed")),
        }
    }
}

/// What a program writes, line by line, read by a thread of its own so that it never waits for us.
pub(crate) fn lines_of(output: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    if let Some(output) = output {
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}

/// The lines that are left of a program that has ended.
pub(crate) fn rest_of(lines: &Receiver<String>) -> Vec<String> {
    std::iter::from_fn(|| lines.recv_timeout(PATIENCE).ok()).collect()
}

/// What a program that did not start has said about it.
pub(crate) fn last_words(log: &[String]) -> String {
    let words: Vec<&str> = log.iter().flat_map(|line| line.split_whitespace()).collect();
    if words.is_empty() { "it says nothing".to_owned() } else { words.join(" ") }
}
