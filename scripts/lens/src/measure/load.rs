//! A load, and what it costs the server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{MeasureError, our_bench, redis_benchmark};
use crate::sys::Server;
use crate::sys::group::Group;
use crate::sys::tools::NotInstalled;
use crate::sys::typed;

/// No load takes so long. One that does is stuck.
const PATIENCE: Duration = Duration::from_secs(300);

/// What sends the load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// redis-benchmark, which is told what to send.
    RedisBenchmark,
    /// The `bench` of a lab, which sends SET and GET by turns, in the protocol of that lab.
    OurBench,
}

/// What to send.
#[derive(Debug, Clone)]
pub struct Load {
    /// What sends it.
    pub tool: Tool,
    /// What redis-benchmark sends: a command, in which `__rand_int__` is a number below `keys`.
    pub command: Vec<String>,
    /// How many clients send at the same time.
    pub clients: u32,
    /// How many requests they send, all of them together.
    pub requests: u64,
    /// How many requests a client sends before it waits for their replies.
    pub pipeline: u32,
    /// How many keys there are to choose from.
    pub keys: Option<u64>,
    /// The program of the lab, for its own bench.
    pub bench: PathBuf,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Requests a second, as the generator counts them.
    pub per_second: f64,
    /// The time that half of the requests took at most, in µs, if the generator says it.
    pub p50: Option<f64>,
    /// The time that 99 of 100 took at most, in µs.
    pub p99: Option<f64>,
    /// What a request has cost the server: time on a CPU, in µs.
    pub cpu: f64,
}

/// What a generator says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Said {
    pub(super) per_second: f64,
    pub(super) p50: Option<f64>,
    pub(super) p99: Option<f64>,
}

impl Load {
    /// How to send it to the server there.
    fn to(&self, addr: SocketAddr) -> Command {
        match self.tool {
            Tool::RedisBenchmark => redis_benchmark::command(self, addr),
            Tool::OurBench => our_bench::command(self, addr),
        }
    }

    /// Sends it until what this returns is dropped, or to its end.
    pub(crate) fn start(&self, addr: SocketAddr) -> std::io::Result<Group> {
        Group::start(self.to(addr).stdout(Stdio::null()).stderr(Stdio::null()))
    }

    /// How one would type it.
    #[must_use]
    pub fn typed(&self, server: &Server) -> String {
        self.typed_to(server.addr)
    }

    /// How one would type it for the server there.
    #[must_use]
    pub fn typed_to(&self, addr: SocketAddr) -> String {
        shown(&self.to(addr))
    }
}

/// Sends a load, and waits for its end.
///
/// # Errors
/// If the generator is not installed or fails, or the server has ended.
pub fn run(load: &Load, server: &Server) -> Result<Outcome, MeasureError> {
    let before = server.usage()?;
    let ended = send(load, server.addr, PATIENCE)?;
    let after = server.usage()?;
    let said = match load.tool {
        Tool::RedisBenchmark => redis_benchmark::parse(&ended.lines),
        Tool::OurBench => our_bench::parse(&ended.lines),
    };
    let said = said.filter(|_| ended.is_success).ok_or_else(|| ended.failed())?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 requests")]
    let cpu = (after.cpu.saturating_sub(before.cpu)).as_secs_f64() * 1e6 / load.requests as f64;
    Ok(Outcome { per_second: said.per_second, p50: said.p50, p99: said.p99, cpu })
}

/// Sends a load with our bench, and returns all that it says (`--json`), whether each request was answered
/// or not. After so long it is ended.
///
/// # Errors
/// If the bench does not start, does not end, or says nothing.
pub fn report(load: &Load, addr: SocketAddr, patience: Duration) -> Result<Value, MeasureError> {
    let ended = send(load, addr, patience)?;
    let last = ended.lines.last().and_then(|line| serde_json::from_str(line).ok());
    last.ok_or_else(|| ended.failed())
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

fn send(load: &Load, addr: SocketAddr, patience: Duration) -> Result<Ended, MeasureError> {
    let mut command = load.to(addr);
    let name = shown(&command);
    let failed = |why: String| MeasureError::Load { command: name.clone(), why };
    let mut group = Group::start_piped(&mut command).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if load.tool == Tool::RedisBenchmark => {
            NotInstalled("redis-benchmark").into()
        }
        _ => failed(error.to_string()),
    })?;
    let ended = group.wait(patience).map_err(|error| failed(error.to_string()))?;
    let Some(status) = ended else {
        return Err(failed(format!("it did not end within {} s", patience.as_secs())));
    };
    let is_success = status.success();
    let (lines, errors) = (group.stdout.rest(), group.stderr.rest());
    Ok(Ended { command: name, is_success, lines, errors })
}

fn shown(command: &Command) -> String {
    let args = command.get_args().map(std::ffi::OsStr::to_string_lossy);
    typed::typed(&typed::name(Path::new(command.get_program())), args)
}
