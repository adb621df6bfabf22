//! The server that is judged: how it is started, when it is ready, and how it is ended.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};
use std::{io, iter};

use harness::group::{Group, Lines};
use harness::processes::{self, Process};
use harness::{descendants, sockets};
use rustix::process::{Pid, Signal};

use crate::ports::{free_port, is_free};
use crate::sandbox::{Limit, Sandbox, User, Watcher};

mod command;
mod conditions;

pub use command::has_strace;
pub use conditions::Conditions;

use command::command;

/// How long a server may take until it listens.
const READY: Duration = Duration::from_secs(10);
/// How long a server may take to end after SIGTERM.
const END: Duration = Duration::from_secs(2);
/// So many ports are tried.
const STARTS: u32 = 3;
/// How often we look.
pub(crate) const LOOK: Duration = Duration::from_millis(5);
/// So many of its last lines are shown.
const LAST_LINES: usize = 4;

/// How to start a server.
#[derive(Debug, Clone)]
pub enum Start {
    /// A program that is started as a lab is.
    Lab(PathBuf),
    /// A command of a shell, in which `{port}` stands for the port.
    Shell(String),
}

/// Why a server cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot be run at all.
    #[error("{0}: {1}")]
    Run(String, io::Error),
    /// It has exceeded a limit before it listened.
    #[error("the server was ended before it listened: {0}")]
    Exceeded(Limit),
    /// It does not know an option.
    #[error("the server does not know the option {0}")]
    UnknownOption(String),
    /// It ends, or does not listen.
    #[error("{why}{}", below(.said))]
    NotReady {
        /// What it does.
        why: String,
        /// Whether it runs, and had no time left to listen.
        late: bool,
        /// Its last lines.
        said: Vec<String>,
    },
}

/// The last lines of a server, below a sentence.
fn below(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {}", codec::printable::one_line(line))).collect()
}

/// A server that listens. Dropped, it is ended, with all that it has started.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Where else it listens, if it has a second port.
    pub second: Option<SocketAddr>,
    /// The process that has the listening socket.
    pub process: Process,
    running: Running,
}

/// What runs, and where. Dropped, the fields are dropped in this order: first the server is ended, and then what it has left.
#[derive(Debug)]
struct Running {
    group: Group,
    watcher: Watcher,
    _sandbox: Sandbox,
}

impl Server {
    /// Starts it, and waits until the kernel says that it listens: a connection that tries would be seen by the server.
    ///
    /// # Errors
    /// If it cannot be run, ends, or does not listen.
    pub fn start(start: &Start, conditions: Conditions<'_>) -> Result<Self, StartError> {
        let mut tries = if conditions.port.is_some() { 1 } else { STARTS };
        loop {
            let port = match conditions.port {
                Some(port) => port,
                None => {
                    free_port().map_err(|error| StartError::Run("no port".to_owned(), error))?
                }
            };
            let second = conditions.has_second_port().then(free_port).transpose();
            let second = second.map_err(|error| StartError::Run("no port".to_owned(), error))?;
            tries -= 1;
            match Self::start_at((port, second), start, conditions) {
                // Another program was faster. It may be gone by now.
                Err(StartError::NotReady { said, .. })
                    if tries > 0 && (says_in_use(&said) || !is_free(port)) => {}
                started => return started,
            }
        }
    }

    fn start_at(
        (port, second): (u16, Option<u16>),
        start: &Start,
        conditions: Conditions<'_>,
    ) -> Result<Self, StartError> {
        let no_folder = |error| StartError::Run("no temporary folder".to_owned(), error);
        let sandbox = Sandbox::new(conditions.user, conditions.open_files).map_err(no_folder)?;
        let mut command = command(start, (port, second), (&sandbox, conditions));
        let shown = command.get_program().to_string_lossy().into_owned();
        let failed = |error| StartError::Run(shown, error);
        let group = descendants::adopt().and_then(|()| Group::start_piped(&mut command));
        let group = group.map_err(failed)?;
        let leader = group.id().map_or(0, |id| id.as_raw_nonzero().get());
        let watcher = Watcher::start(sandbox.members(leader));
        let running = Running { group, watcher, _sandbox: sandbox };
        let ready = Self::ready(running, (port, second), conditions);
        ready.map_err(|error| match (error, start) {
            // A server that is started again has run as this user before.
            (StartError::NotReady { mut why, late, said }, Start::Shell(_))
                if conditions.user == User::Other && conditions.port.is_none() =>
            {
                why += ". It runs as another user than you; with --same-user, as you do";
                StartError::NotReady { why, late, said }
            }
            (error, _) => error,
        })
    }

    fn ready(
        mut running: Running,
        (port, second): (u16, Option<u16>),
        conditions: Conditions<'_>,
    ) -> Result<Self, StartError> {
        let (deadline, mut look) = (Instant::now() + READY, LOOK);
        loop {
            let process = listener(&running.group, port);
            // The port on which it does not listen yet.
            let missing = match second {
                _ if process.is_none() => Some(port),
                second => second.filter(|port| listener(&running.group, *port).is_none()),
            };
            if let (Some(process), None) = (process, missing) {
                let addr = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
                return Ok(Self { addr: addr(port), second: second.map(addr), process, running });
            }
            let missing = missing.unwrap_or(port);
            let group = &mut running.group;
            let (why, late) = match group.wait(Duration::ZERO) {
                Ok(Some(status)) => match running.watcher.exceeded() {
                    Some(limit) => return Err(StartError::Exceeded(limit)),
                    None => (format!("the server ended before it listened ({status})"), false),
                },
                _ if Instant::now() > deadline => {
                    group.signal(Signal::KILL);
                    _ = group.wait(END);
                    (format!("the server does not listen on port {missing} of 127.0.0.1"), true)
                }
                _ => {
                    thread::sleep(look);
                    look = longer(look);
                    continue;
                }
            };
            let said = all_lines(&running.group);
            return Err(match conditions.refused(&said).filter(|_| !late) {
                Some(option) => StartError::UnknownOption(option),
                None => StartError::NotReady { why, late, said: last(said) },
            });
        }
    }

    /// The limit for which it was ended, if it has exceeded one.
    #[must_use]
    pub fn exceeded(&self) -> Option<Limit> {
        self.running.watcher.exceeded()
    }

    /// Waits until it sleeps or has ended, but not longer than `most`. What it does because of a client is done then.
    pub fn settle(&self, most: Duration) {
        let deadline = Instant::now() + most;
        let mut asleep = 0;
        // On its way to its end a process may sleep, but not for long.
        while asleep < 2 && Instant::now() < deadline {
            match self.process.stat().map(|stat| stat.state) {
                Err(_) | Ok('Z' | 'X') => return,
                Ok('S') => asleep += 1,
                Ok(_) => asleep = 0,
            }
            thread::sleep(LOOK);
        }
    }

    /// How it has ended, if it has, and its last lines.
    pub fn ended(&mut self) -> Option<(String, Vec<String>)> {
        let status = match self.process.stat() {
            Ok(stat) if !matches!(stat.state, 'Z' | 'X') => return None,
            _ => self.running.group.wait(END).ok().flatten(),
        };
        let status = status.map_or_else(|| "it is gone".to_owned(), |status| status.to_string());
        Some((status, last_lines(&self.running.group)))
    }

    /// Its last lines up to now.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        let now =
            |lines: &Lines| std::iter::from_fn(|| lines.next(Duration::ZERO)).collect::<Vec<_>>();
        last([now(&self.running.group.stdout), now(&self.running.group.stderr)].concat())
    }

    /// The most memory that it ever had, in bytes.
    #[must_use]
    pub fn peak_memory(&self) -> Option<u64> {
        processes::peak_memory(&self.process)
    }

    /// The connections of clients that have left, which it has not closed.
    #[must_use]
    pub fn unclosed(&self) -> usize {
        let ports = iter::once(self.addr).chain(self.second).map(|addr| addr.port());
        ports.map(|port| sockets::unclosed(&self.process, port)).sum()
    }

    /// Ends it, and waits until it is gone.
    pub fn stop(mut self) {
        self.terminate();
    }

    fn terminate(&mut self) {
        let pid = Pid::from_raw(self.process.pid());
        // strace ends with the server, and writes its last lines.
        if let Some(pid) = pid {
            _ = rustix::process::kill_process(pid, Signal::TERM);
        }
        if !matches!(self.running.group.wait(END), Ok(Some(_))) {
            self.running.group.signal(Signal::KILL);
            _ = self.running.group.wait(END);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.terminate();
    }
}

/// How long to wait before the next look, after waiting so long: to look at all sockets of the machine is much work for the
/// kernel.
pub(crate) fn longer(look: Duration) -> Duration {
    (look * 2).min(Duration::from_millis(50))
}

/// The process of this group that listens on this port.
fn listener(group: &Group, port: u16) -> Option<Process> {
    let is_of_group =
        |process: &Process| process.stat().is_ok_and(|stat| Pid::from_raw(stat.pgrp) == group.id());
    sockets::listener(port, is_of_group)
}

/// Whether a server says that its port is taken, as the kernel puts it, or as a program names that error.
fn says_in_use(said: &[String]) -> bool {
    said.iter().any(|line| line.contains("already in use") || line.contains("EADDRINUSE"))
}

fn last_lines(group: &Group) -> Vec<String> {
    last(all_lines(group))
}

fn all_lines(group: &Group) -> Vec<String> {
    [group.stdout.rest(), group.stderr.rest()].concat()
}

fn last(mut lines: Vec<String>) -> Vec<String> {
    lines.split_off(lines.len().saturating_sub(LAST_LINES))
}
