//! A load, what sends it, and what it costs the server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use harness::group::Group;

use super::said::{BenchReport, Outcome, redis_benchmark};
use super::{MeasureError, progress};
use crate::sys::Server;
use crate::sys::tools::NotInstalled;
use crate::sys::typed;

/// No load takes so long. One that does is stuck.
const PATIENCE: Duration = Duration::from_secs(300);

/// What sends a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tool {
    /// redis-benchmark.
    RedisBenchmark {
        /// The command that it sends, in which `__rand_int__` is a number below `keys`.
        command: Vec<String>,
        /// How many keys there are to choose from.
        keys: Option<u64>,
    },
    /// The `bench` of a lab, which sends SET and GET by turns, in the protocol of that lab: its program.
    OurBench(PathBuf),
}

/// What to send.
#[derive(Debug, Clone)]
pub struct Load {
    /// What sends it.
    pub tool: Tool,
    /// How many clients send at the same time.
    pub clients: u32,
    /// How many requests they send, all of them together.
    pub requests: u64,
    /// How many requests a client sends before it waits for their replies.
    pub pipeline: u32,
}

impl Load {
    /// A load without a pipeline.
    #[must_use]
    pub fn new(tool: Tool, clients: u32, requests: u64) -> Self {
        Self { tool, clients, requests, pipeline: 1 }
    }

    /// How to send it to the server there.
    fn to(&self, addr: SocketAddr) -> Command {
        let (host, port) = (addr.ip().to_string(), addr.port().to_string());
        let [clients, requests] = [u64::from(self.clients), self.requests].map(|n| n.to_string());
        let pipeline = self.pipeline.to_string();
        match &self.tool {
            Tool::RedisBenchmark { command: words, keys } => {
                let mut command = Command::new("redis-benchmark");
                command.args(["-h", &host, "-p", &port, "-c", &clients, "-n", &requests]);
                command.args(["-P", &pipeline]);
                if let Some(keys) = keys {
                    command.args(["-r", &keys.to_string()]);
                }
                command.arg("--csv").args(words);
                command
            }
            Tool::OurBench(program) => {
                let mut command = Command::new(program);
                command.args(["bench", "--host", &host, "--port", &port, "--clients", &clients]);
                command.args(["--requests", &requests, "--pipeline", &pipeline, "--json"]);
                command
            }
        }
    }

    /// Tells how one would send it.
    pub(crate) fn tell(&self, server: &Server) {
        progress::command(&typed(&self.to(server.addr)));
    }

    /// Sends it until what this returns is dropped, or to its end.
    pub(crate) fn start(&self, server: &Server) -> std::io::Result<Group> {
        Group::start(self.to(server.addr).stdout(Stdio::null()).stderr(Stdio::null()))
    }

    /// Sends it and waits for its end.
    ///
    /// # Errors
    /// If the generator is not installed or fails, or the server has ended.
    pub fn run(&self, server: &Server) -> Result<Outcome, MeasureError> {
        let before = server.usage()?;
        let ended = self.send(server.addr, PATIENCE)?;
        let after = server.usage()?;
        let outcome = match self.tool {
            Tool::RedisBenchmark { .. } => redis_benchmark(&ended.lines),
            Tool::OurBench(_) => BenchReport::parse(&ended.lines).and_then(|it| it.outcome()),
        };
        let outcome = outcome.filter(|_| ended.is_success).ok_or_else(|| ended.failed())?;
        Ok(Outcome { cpu: after.cpu_micros_each(&before, self.requests), ..outcome })
    }

    /// Sends it with our bench, and returns all that the bench says (`--json`), whether each request was answered
    /// or not. After so long it is ended.
    ///
    /// # Errors
    /// If the bench does not start, does not end, or says nothing.
    pub(crate) fn report(
        &self,
        server: &Server,
        patience: Duration,
    ) -> Result<BenchReport, MeasureError> {
        let ended = self.send(server.addr, patience)?;
        BenchReport::parse(&ended.lines).ok_or_else(|| ended.failed())
    }

    fn send(&self, addr: SocketAddr, patience: Duration) -> Result<Ended, MeasureError> {
        let mut command = self.to(addr);
        let name = typed(&command);
        let failed = |why: String| MeasureError::Load { command: name.clone(), why };
        let mut group = Group::start_piped(&mut command).map_err(|error| {
            let is_redis = matches!(self.tool, Tool::RedisBenchmark { .. });
            match error.kind() {
                std::io::ErrorKind::NotFound if is_redis => NotInstalled("redis-benchmark").into(),
                _ => failed(error.to_string()),
            }
        })?;
        let ended = group.wait(patience).map_err(|error| failed(error.to_string()))?;
        let Some(status) = ended else {
            return Err(failed(format!("it did not end within {} s", patience.as_secs())));
        };
        let (lines, errors) = (group.stdout.rest(), group.stderr.rest());
        Ok(Ended { command: name, is_success: status.success(), lines, errors })
    }
}

/// A generator that has ended.
struct Ended {
    command: String,
    is_success: bool,
    lines: Vec<String>,
    errors: Vec<String>,
}

impl Ended {
    fn failed(&self) -> MeasureError {
        let last = self.errors.last().or(self.lines.last());
        let why = last.cloned().unwrap_or_else(|| "it says nothing".to_owned());
        MeasureError::Load { command: self.command.clone(), why }
    }
}

fn typed(command: &Command) -> String {
    let args = command.get_args().map(std::ffi::OsStr::to_string_lossy);
    typed::typed(&typed::name(Path::new(command.get_program())), args)
}
