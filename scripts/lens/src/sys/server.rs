//! A server: how it is started, how it says that it is ready, what it costs, and how it is ended.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use codec::printable::one_line;
use rustix::process::{Pid, Signal, kill_process};
use trace::protocol::Protocol;

use super::group::Group;
use super::tools::NotInstalled;
use super::typed::{from_here, name, typed};
use super::usage::Switches;
use super::usage::{Clock, Usage, switches_of_children};

/// How long a server may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often another port is tried when somebody was faster.
const TRIES: usize = 5;
/// What redis-server is told: it reads no file of settings and writes nothing to the disk.
const REDIS: [&str; 6] = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];

/// A server that can be had.
#[derive(Debug, Clone)]
pub struct Program {
    /// What to call it.
    pub name: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// How to get it.
    pub start: Start,
}

/// How to get a server.
#[derive(Debug, Clone)]
pub enum Start {
    /// A program that says, like all labs, where it listens and which process it is.
    Lab {
        /// Where it is.
        binary: PathBuf,
        /// What it is told. A free port and no file for the log are added where they are not named.
        options: Vec<String>,
    },
    /// redis-server.
    Redis {
        /// Where it is, or its name.
        binary: PathBuf,
        /// Its port; 0 takes a free one.
        port: u16,
        /// What it is told besides.
        options: Vec<String>,
    },
    /// A server that runs already, and is left running.
    Running(SocketAddr),
}

/// A tool that starts a server and traces it.
#[derive(Debug)]
pub(crate) struct Tracer<'a> {
    /// strace and its options.
    pub(crate) words: Vec<String>,
    /// The file that gets the trace.
    pub(crate) log: &'a Path,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A tool is missing.
    #[error(transparent)]
    Missing(#[from] NotInstalled),
    /// It was not ready in time, or has ended before.
    #[error("{name} does not start: {why}")]
    Start {
        /// Its name.
        name: String,
        /// What it says, or what we saw.
        why: String,
    },
    /// It did not end as it should.
    #[error("{name} did not end as it should: {why}")]
    End {
        /// Its name.
        name: String,
        /// What we saw.
        why: String,
    },
    /// The kernel does not say what it costs.
    #[error("the kernel does not say what {name} costs: {error}")]
    Usage {
        /// Its name.
        name: String,
        /// Why.
        error: io::Error,
    },
}

/// A server that is ready. Dropped, it is ended, if it was started here.
#[derive(Debug)]
pub struct Server {
    /// What to call it.
    pub name: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its process, if it is on this machine and we may look at it.
    pub pid: Option<Pid>,
    /// How it was started, as one would type it.
    pub command: String,
    clock: Clock,
    group: Option<Group>,
    /// What it has said on stdout up to now.
    said: Vec<String>,
}

/// What a server has said, once it has ended.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
}

impl Server {
    /// Starts it and waits until it is ready, or finds the one that runs.
    ///
    /// # Errors
    /// If it is not installed or does not start.
    pub fn start(program: &Program) -> Result<Self, ServerError> {
        Self::start_traced(program, None, |_| {})
    }

    /// The same below a tool that traces it. Each command is told before it is run.
    pub(crate) fn start_traced(
        program: &Program,
        tracer: Option<&Tracer<'_>>,
        mut tell: impl FnMut(&str),
    ) -> Result<Self, ServerError> {
        let Start::Redis { binary, port: 0, options } = &program.start else {
            return Self::start_once(program, tracer, &mut tell);
        };
        // redis-server takes no port 0: it means "none". So a port is taken that was free a moment ago, and another
        // one if somebody was faster.
        let mut tries = 0;
        loop {
            let port = free_port().map_err(|error| program.failed(error.to_string()))?;
            let start = Start::Redis { binary: binary.clone(), port, options: options.clone() };
            let program = Program { start, ..program.clone() };
            tries += 1;
            match Self::start_once(&program, tracer, &mut tell) {
                Err(ServerError::Start { why, .. })
                    if tries < TRIES && why.contains("already in use") => {}
                started => return started,
            }
        }
    }

    fn start_once(
        program: &Program,
        tracer: Option<&Tracer<'_>>,
        tell: &mut impl FnMut(&str),
    ) -> Result<Self, ServerError> {
        let (binary, args) = match &program.start {
            Start::Running(addr) => return Ok(Self::find(program, *addr)),
            Start::Lab { binary, options } => (binary, lab_args(options)),
            Start::Redis { binary, port, options } => (binary, redis_args(*port, options)),
        };
        let (mut command, shown) = command(binary, &args, tracer);
        tell(&shown);
        let mut group = Group::start_piped(&mut command)
            .map_err(|error| program.cannot_start(&error, tracer))?;
        let (mut said, ready) = group.stdout.until(PATIENCE, |line| program.ready(line));
        let Some((addr, pid)) = ready.filter(|(_, pid)| group.contains(*pid)) else {
            group.signal(Signal::KILL);
            // It is killed once more when it is dropped, should that take so long.
            _ = group.wait(PATIENCE);
            said.extend(group.stdout.rest());
            said.extend(group.stderr.rest());
            return Err(program.failed(last_words(&said)));
        };
        Ok(Self {
            name: program.name.clone(),
            protocol: program.protocol,
            addr,
            pid: Some(pid),
            command: shown,
            clock: Clock::best(),
            group: Some(group),
            said,
        })
    }

    fn find(program: &Program, addr: SocketAddr) -> Self {
        // The process that has this port here is another one if the server is elsewhere.
        let found = addr.ip().is_loopback().then(|| {
            let process = listeners::get_process_by_port(addr.port(), listeners::Protocol::TCP);
            Pid::from_raw(i32::try_from(process.ok()?.pid).ok()?)
        });
        Self {
            name: program.name.clone(),
            protocol: program.protocol,
            addr,
            pid: found.flatten(),
            command: String::new(),
            clock: Clock::best(),
            group: None,
            said: Vec::new(),
        }
    }

    /// What it has cost up to now.
    ///
    /// # Errors
    /// If it has ended, or is not one that we may look at.
    pub fn usage(&self) -> Result<Usage, ServerError> {
        let pid = self.pid.ok_or_else(|| io::Error::other("we may not look at its process"));
        let usage = pid.and_then(|pid| Usage::of(pid, self.clock));
        usage.map_err(|error| ServerError::Usage { name: self.name.clone(), error })
    }

    /// Asks it to end, and returns what it has said. A server that was not started here has said nothing.
    pub(crate) fn stop(mut self) -> Result<Said, ServerError> {
        let Some(mut group) = self.group.take() else { return Ok(Said::default()) };
        let why = match self.terminate(&mut group) {
            Ok(Some(status)) if status.success() => {
                let mut stdout = std::mem::take(&mut self.said);
                stdout.extend(group.stdout.rest());
                return Ok(Said { stdout, stderr: group.stderr.rest() });
            }
            Ok(Some(status)) => format!("it ended with {status}"),
            Ok(None) => "it did not end after SIGTERM, so it was killed".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(ServerError::End { name: self.name.clone(), why })
    }

    /// Ends it, if it was started here, and says how often all its threads have left their CPUs in all its
    /// life. Nothing else that we have started may end meanwhile.
    pub(crate) fn end(self) -> Option<Switches> {
        self.group.as_ref()?;
        let before = switches_of_children().ok()?;
        drop(self);
        Some(switches_of_children().ok()?.since(before))
    }

    /// The signal is for the server alone: a tracer ends with it, and writes its last lines.
    fn terminate(&self, group: &mut Group) -> io::Result<Option<ExitStatus>> {
        if let Some(pid) = self.pid {
            // If it is gone already, its exit code tells more than this would.
            _ = kill_process(pid, Signal::TERM);
        }
        group.wait(PATIENCE)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut group) = self.group.take() {
            // If it does not end, it is killed with its group.
            _ = self.terminate(&mut group);
        }
    }
}

impl Program {
    fn failed(&self, why: String) -> ServerError {
        ServerError::Start { name: self.name.clone(), why }
    }

    fn cannot_start(&self, error: &io::Error, tracer: Option<&Tracer<'_>>) -> ServerError {
        match (error.kind(), &self.start, tracer) {
            (io::ErrorKind::NotFound, _, Some(_)) => NotInstalled("strace").into(),
            (io::ErrorKind::NotFound, Start::Redis { .. }, None) => {
                NotInstalled("redis-server").into()
            }
            _ => self.failed(error.to_string()),
        }
    }

    /// Where it listens, and its process, if this line says that it is ready.
    fn ready(&self, line: &str) -> Option<(SocketAddr, Pid)> {
        match self.start {
            Start::Redis { port, .. } => ready_redis(line, port),
            _ => ready_lab(line),
        }
    }
}

fn lab_args(options: &[String]) -> Vec<String> {
    let mut args = options.to_vec();
    for (name, value) in [("--port", "0"), ("--log-file", "/dev/null")] {
        // A lab takes each option once.
        if !has_option(options, name) {
            args.extend([name, value].map(str::to_owned));
        }
    }
    args
}

/// Whether an option of this name is among these.
pub(crate) fn has_option(options: &[String], name: &str) -> bool {
    options.iter().any(|option| option.split('=').next() == Some(name))
}

fn redis_args(port: u16, options: &[String]) -> Vec<String> {
    let port = ["--port".to_owned(), port.to_string()];
    port.into_iter().chain(REDIS.map(str::to_owned)).chain(options.iter().cloned()).collect()
}

/// What to run, and how one would type it.
fn command(binary: &Path, args: &[String], tracer: Option<&Tracer<'_>>) -> (Command, String) {
    let Some(Tracer { words, log }) = tracer else {
        let mut command = Command::new(binary);
        command.args(args);
        return (command, typed(&name(binary), args));
    };
    let mut command = Command::new("strace");
    command.args(words).arg("-o").arg(log).arg("--").arg(binary).args(args);
    let binary = from_here(binary);
    let shown = words.iter().map(String::as_str).chain(["-o", "strace.log", &*binary]);
    (command, typed("strace", shown.chain(args.iter().map(String::as_str))))
}

/// A port that was free a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Reads `lab1-blocking listening on 127.0.0.1:6379 (pid 4242)`.
fn ready_lab(line: &str) -> Option<(SocketAddr, Pid)> {
    let (addr, rest) = line.split_once(" listening on ")?.1.split_once(" (pid ")?;
    Some((addr.parse().ok()?, pid(rest.strip_suffix(')')?)?))
}

/// Reads `4242:M 21 Nov 2026 08:04:38.473 * Ready to accept connections`.
fn ready_redis(line: &str, port: u16) -> Option<(SocketAddr, Pid)> {
    let (number, rest) = line.split_once(":M ")?;
    let is_ready = rest.contains("Ready to accept connections");
    Some(((Ipv4Addr::LOCALHOST, port).into(), pid(number).filter(|_| is_ready)?))
}

fn pid(digits: &str) -> Option<Pid> {
    Pid::from_raw(digits.parse().ok()?)
}

/// What a program that did not start has said about it.
fn last_words(said: &[String]) -> String {
    let words: Vec<&str> = said.iter().flat_map(|line| line.split_whitespace()).collect();
    if words.is_empty() { "it says nothing".to_owned() } else { one_line(&words.join(" ")) }
}
