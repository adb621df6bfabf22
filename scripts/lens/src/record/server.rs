//! The lab, running under strace.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::group::Group;
use super::{Order, RecordError};

/// How long a lab may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// What strace is asked for: times (`-ttt`, `-T`), addresses (`-yy`), strings long enough for every
/// request of our scenarios (`-s`), and everything that has to do with sockets and waiting. That is not
/// `read` and `write`, with which Rust reads and writes files but no sockets. Calls that are not asked
/// for cost nothing (`--seccomp-bpf`).
const TRACER: [&str; 9] = [
    "-f",
    "--seccomp-bpf",
    "-ttt",
    "-T",
    "-yy",
    "-s",
    "4096",
    "-e",
    "trace=%network,readv,writev,close,epoll_create1,epoll_ctl,epoll_wait,epoll_pwait,poll,ppoll,\
     ioctl,fcntl",
];

/// A lab that is ready.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) addr: SocketAddr,
    pub(super) pid: Pid,
    /// How it was started, as one would type it.
    pub(super) command: String,
    group: Group,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    package: &'static str,
}

/// What a lab has said, once it has ended.
#[derive(Debug)]
pub(super) struct Said {
    /// The last line on stdout: what was served.
    pub(super) last: String,
    /// All lines on stderr: its log.
    pub(super) log: Vec<String>,
}

impl Server {
    /// Starts the lab, and waits until it says that it is ready.
    pub(super) fn start(
        order: &Order,
        binary: &Path,
        trace: &Path,
        progress: &mut impl Write,
    ) -> Result<Self, RecordError> {
        let package = order.lab.package;
        let start = |why: String| RecordError::Start { package, why };
        let port = order.port.to_string();
        // Its log comes on stderr too. So no path of this machine gets into the trace.
        let options = ["--port", &port, "--log-file", "/dev/null"];
        let command = format!(
            "strace {} -o strace.log {} {}",
            TRACER.join(" "),
            shown(binary),
            options.join(" ")
        );
        _ = writeln!(progress, "+ {command}");
        let mut tool = Command::new("strace");
        tool.args(TRACER).arg("-o").arg(trace).arg("--").arg(binary).args(options);
        tool.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::start(&mut tool).map_err(|error| start(error.to_string()))?;
        let stdout = lines_of(group.child.stdout.take());
        let stderr = lines_of(group.child.stderr.take());
        let ready = stdout.recv_timeout(PATIENCE).ok().and_then(|line| ready(&line));
        let Some((addr, pid)) = ready.filter(|(_, pid)| group.contains(*pid)) else {
            drop(group);
            return Err(start(last_words(&stderr)));
        };
        Ok(Self { addr, pid, command, group, stdout, stderr, package })
    }

    /// Asks the lab to end, and returns what it has said.
    pub(super) fn stop(mut self) -> Result<Said, RecordError> {
        let end = |why: &str| RecordError::End { package: self.package, why: why.to_owned() };
        // If it is gone already, its exit code tells more than this would.
        _ = kill_process(self.pid, Signal::TERM);
        match self.group.wait(PATIENCE).map_err(|error| end(&error.to_string()))? {
            Some(status) if status.success() => {
                let last = rest_of(&self.stdout).pop().unwrap_or_default();
                Ok(Said { last, log: rest_of(&self.stderr) })
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

/// A program as one would type it from here; where that would be long, its name.
fn shown(binary: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| binary.strip_prefix(here).ok());
    let name = below.unwrap_or_else(|| Path::new(binary.file_name().unwrap_or_default()));
    name.display().to_string()
}

/// Reads `lab1-blocking listening on 127.0.0.1:6379 (pid 4242)`.
pub(crate) fn ready(line: &str) -> Option<(SocketAddr, Pid)> {
    let (addr, rest) = line.split_once(" listening on ")?.1.split_once(" (pid ")?;
    let pid = Pid::from_raw(rest.strip_suffix(')')?.parse().ok()?)?;
    Some((addr.parse().ok()?, pid))
}

/// What a lab that did not start has said about it.
pub(crate) fn last_words(log: &Receiver<String>) -> String {
    let lines = rest_of(log).join("; ");
    let words: Vec<&str> = lines.split_whitespace().collect();
    if words.is_empty() { "it says nothing".to_owned() } else { words.join(" ") }
}
