//! A server: how it is started, how it says that it is ready, what it costs, and how it is ended.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitStatus;
use std::time::Duration;

use harness::group::Group;
use rustix::process::{Pid, Signal, kill_process};
use trace::protocol::Protocol;

use super::program::{Program, ServerError, Start, Tracer, last_words};
use super::usage::Switches;
use super::usage::{Clock, Usage, switches_of_children};

/// How long a server may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often another port is tried when somebody was faster.
const TRIES: usize = 5;
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
        let (mut command, shown) = match program.command(tracer) {
            Ok(command) => command,
            Err(addr) => return Ok(Self::find(program, addr)),
        };
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
        let mut server = Self::at(program, addr, Some(pid));
        (server.command, server.group, server.said) = (shown, Some(group), said);
        Ok(server)
    }

    fn find(program: &Program, addr: SocketAddr) -> Self {
        // The process that has this port here is another one if the server is elsewhere.
        let found = addr.ip().is_loopback().then(|| {
            let process = listeners::get_process_by_port(addr.port(), listeners::Protocol::TCP);
            Pid::from_raw(i32::try_from(process.ok()?.pid).ok()?)
        });
        Self::at(program, addr, found.flatten())
    }

    fn at(program: &Program, addr: SocketAddr, pid: Option<Pid>) -> Self {
        Self {
            name: program.name.clone(),
            protocol: program.protocol,
            addr,
            pid,
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

/// A port that was free a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
