//! A load, and what it costs the server.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::server::typed;
use super::{MeasureError, Server, our_bench, redis_benchmark};
use crate::record::group::Group;
use crate::record::server::{lines_of, rest_of};

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
    /// How to send it to this server.
    fn to(&self, server: &Server) -> Command {
        match self.tool {
            Tool::RedisBenchmark => redis_benchmark::command(self, server.addr),
            Tool::OurBench => our_bench::command(self, server.addr),
        }
    }

    /// How one would type it.
    #[must_use]
    pub fn typed(&self, server: &Server) -> String {
        typed(&self.to(server))
    }
}

/// Sends a load, and waits for its end.
///
/// # Errors
/// If the generator is not installed or fails, or the server has ended.
pub fn run(load: &Load, server: &Server) -> Result<Outcome, MeasureError> {
    let mut command = load.to(server);
    let name = typed(&command);
    let failed = |why: String| MeasureError::Load { command: name.clone(), why };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let before = server.usage()?;
    let mut group = Group::start(&mut command).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if load.tool == Tool::RedisBenchmark => {
            MeasureError::Missing {
                tool: "redis-benchmark",
                mend: "apt-get install -y redis-tools, or scripts/doctor.sh --fix",
            }
        }
        _ => failed(error.to_string()),
    })?;
    let stdout = lines_of(group.child.stdout.take());
    let stderr = lines_of(group.child.stderr.take());
    let ended = group.wait(PATIENCE).map_err(|error| failed(error.to_string()))?;
    let after = server.usage()?;
    let Some(status) = ended else { return Err(failed("it did not end".to_owned())) };
    let lines = rest_of(&stdout);
    let said = match load.tool {
        Tool::RedisBenchmark => redis_benchmark::parse(&lines),
        Tool::OurBench => our_bench::parse(&lines),
    };
    let Some(said) = said.filter(|_| status.success()) else {
        let words = [lines, rest_of(&stderr)].concat();
        return Err(failed(words.last().cloned().unwrap_or_else(|| status.to_string())));
    };
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 requests")]
    let cpu = (after.cpu.saturating_sub(before.cpu)).as_secs_f64() * 1e6 / load.requests as f64;
    Ok(Outcome { per_second: said.per_second, p50: said.p50, p99: said.p99, cpu })
}
