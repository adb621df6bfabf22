//! The program that is recorded: how a lab is started and says that it is ready, and how Redis does.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use rustix::process::Pid;

use crate::labs::REDIS;

use super::{Order, RecordError, build, meta};

/// What strace is asked for: times (`-ttt`, `-T`), addresses (`-yy`), and no stops at calls that are not
/// asked for (`--seccomp-bpf`).
const TRACER: &[&str] = &["-f", "--seccomp-bpf", "-ttt", "-T", "-yy"];
/// The same, but for the main thread alone, with the stack that led to each call (`-k`).
const STACKS: &[&str] = &["-k", "-T"];
/// Everything that has to do with sockets and waiting. That is not `read` and `write`, with which Rust
/// reads and writes files but no sockets. The processors of other machines lack some (`?`).
const CALLS: &str = "%network,readv,writev,close,epoll_create1,epoll_ctl,?epoll_wait,epoll_pwait,\
                     ?poll,ppoll,ioctl,fcntl";
/// Redis reads and writes its sockets with these.
const CALLS_OF_REDIS: &str = "read,write,";

/// What else than a recording strace may write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trace {
    /// All calls, of all threads, for those who count them.
    AllCalls,
    /// The calls of the main thread that have to do with sockets and waiting, with their stacks.
    Stacks,
}

/// What to run under strace.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) package: &'static str,
    pub(super) binary: PathBuf,
    pub(super) options: Vec<String>,
    pub(super) logs_to_stdout: bool,
    /// Its port, where we choose it: a lab takes a free one itself, and says which.
    port: Option<u16>,
    tracer: &'static [&'static str],
    /// What `-e` says.
    calls: String,
    /// How much of a string strace shows, in bytes: every request of our scenarios, and not every file
    /// that Redis reads.
    shown: &'static str,
}

impl Program {
    /// The program of this order, built if it is a lab.
    pub(super) fn of(order: &Order, progress: &mut impl Write) -> Result<Self, RecordError> {
        if order.lab == REDIS { redis(order) } else { lab(order, progress) }
    }

    /// The same with another trace, and with no call to tell about each request.
    pub(super) fn traced(mut self, trace: Trace) -> Self {
        match trace {
            Trace::AllCalls => "trace=all".clone_into(&mut self.calls),
            Trace::Stacks => self.tracer = STACKS,
        }
        if !self.logs_to_stdout {
            self.options.push("--quiet".to_owned());
        }
        self
    }

    /// The options of strace.
    pub(super) fn tracer(&self) -> impl Iterator<Item = &str> {
        self.tracer.iter().copied().chain(["-s", self.shown, "-e", &self.calls])
    }

    /// How it is started, as one would type it.
    pub(super) fn command(&self) -> String {
        let tracer: Vec<String> = self.tracer().map(quoted).collect();
        let options: Vec<String> = self.options.iter().map(|word| quoted(word)).collect();
        let (tracer, options) = (tracer.join(" "), options.join(" "));
        format!("strace {tracer} -o strace.log {} {options}", shown(&self.binary))
    }

    /// Where it listens, and its process, if this line says that it is ready.
    pub(super) fn ready(&self, line: &str) -> Option<(SocketAddr, Pid)> {
        match self.port {
            Some(port) => ready_redis(line, port),
            None => ready_lab(line),
        }
    }
}

fn lab(order: &Order, progress: &mut impl Write) -> Result<Program, RecordError> {
    let binary = match &order.binary {
        Some(binary) => binary.clone(),
        None => build::build(&order.lab, progress)?,
    };
    // Its log comes on stderr too. So no path of this machine gets into the trace.
    let mut options = order.options.clone();
    for (name, value) in [("--port", &*order.port.to_string()), ("--log-file", "/dev/null")] {
        // A lab takes each option once.
        let is_name = |word: &String| word.split('=').next() == Some(name);
        if !order.options.iter().any(is_name) {
            options.extend([name.to_owned(), value.to_owned()]);
        }
    }
    Ok(Program {
        package: order.lab.package,
        binary,
        options,
        logs_to_stdout: false,
        port: None,
        tracer: TRACER,
        calls: format!("trace={CALLS}"),
        shown: "4096",
    })
}

fn redis(order: &Order) -> Result<Program, RecordError> {
    let package = order.lab.package;
    let binary = order.binary.clone().unwrap_or_else(|| PathBuf::from(package));
    meta::version(&binary).ok_or(RecordError::Missing {
        tool: package,
        mend: "apt-get install -y redis-server, or scripts/doctor.sh --fix",
    })?;
    let free =
        || free_port().map_err(|error| RecordError::Start { package, why: error.to_string() });
    let port = if order.port == 0 { free()? } else { order.port };
    // It reads no file of settings and writes nothing to the disk.
    let options =
        ["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"];
    let options = options.map(str::to_owned).into_iter().chain(order.options.iter().cloned());
    Ok(Program {
        package,
        binary,
        options: options.collect(),
        logs_to_stdout: true,
        port: Some(port),
        tracer: TRACER,
        calls: format!("trace={CALLS_OF_REDIS}{CALLS}"),
        shown: "512",
    })
}

/// A port that was free a moment ago: for Redis, port 0 is none at all.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Reads `lab1-blocking listening on 127.0.0.1:6379 (pid 4242)`.
pub(crate) fn ready_lab(line: &str) -> Option<(SocketAddr, Pid)> {
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

/// A word as one would type it: the shell takes a `?` for any letter.
fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains('?') { format!("'{word}'") } else { word.to_owned() }
}

/// A program as one would type it from here; where that would be long, its name.
fn shown(binary: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| binary.strip_prefix(here).ok());
    let name = below.unwrap_or_else(|| Path::new(binary.file_name().unwrap_or_default()));
    name.display().to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.
mod tests {
    use super::*;
    use crate::labs;
    use crate::scenario;

    #[test]
    fn strace_may_lack_the_calls_that_arm64_lacks() {
        let (lab, scenario) = (labs::find_server("lab3").unwrap(), scenario::all().unwrap());
        let order = Order {
            lab,
            scenario: scenario.into_iter().next().unwrap(),
            out: PathBuf::new(),
            port: 0,
            binary: Some(PathBuf::from("/bin/lab")),
            options: Vec::new(),
        };
        let command = Program::of(&order, &mut Vec::new()).unwrap().command();
        let list = command.split('\'').find(|word| word.starts_with("trace=")).unwrap();
        for name in ["epoll_wait", "poll"] {
            assert!(list.contains(&format!(",?{name},")), "{command}");
        }
    }
}
