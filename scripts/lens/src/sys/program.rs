//! A server that can be had: what is run, and the line by which it says that it is ready.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use codec::printable::one_line;
use rustix::process::Pid;
use trace::protocol::Protocol;

use super::tools::NotInstalled;
use super::typed::{from_here, name, typed};

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

impl Program {
    /// What to run, and how one would type it; `Err` with its address if it runs already.
    pub(super) fn command(
        &self,
        tracer: Option<&Tracer<'_>>,
    ) -> Result<(Command, String), SocketAddr> {
        let (binary, args) = match &self.start {
            Start::Running(addr) => return Err(*addr),
            Start::Lab { binary, options } => (binary, lab_args(options)),
            Start::Redis { binary, port, options } => (binary, redis_args(*port, options)),
        };
        Ok(command(binary, &args, tracer))
    }

    /// Where it listens, and its process, if this line says that it is ready.
    pub(super) fn ready(&self, line: &str) -> Option<(SocketAddr, Pid)> {
        match self.start {
            Start::Redis { port, .. } => ready_redis(line, port),
            _ => ready_lab(line),
        }
    }

    /// It does not start.
    pub(super) fn failed(&self, why: String) -> ServerError {
        ServerError::Start { name: self.name.clone(), why }
    }

    /// What it or its tracer could not be started for.
    pub(super) fn cannot_start(
        &self,
        error: &io::Error,
        tracer: Option<&Tracer<'_>>,
    ) -> ServerError {
        match (error.kind(), &self.start, tracer) {
            (io::ErrorKind::NotFound, _, Some(_)) => NotInstalled("strace").into(),
            (io::ErrorKind::NotFound, Start::Redis { .. }, None) => {
                NotInstalled("redis-server").into()
            }
            _ => self.failed(error.to_string()),
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
pub(super) fn last_words(said: &[String]) -> String {
    let words: Vec<&str> = said.iter().flat_map(|line| line.split_whitespace()).collect();
    if words.is_empty() { "it says nothing".to_owned() } else { one_line(&words.join(" ")) }
}
