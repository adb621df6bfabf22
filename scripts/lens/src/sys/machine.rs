//! Where something was measured.

use std::fs;
use std::time::SystemTime;

use serde::Serialize;

use super::tools::version;

/// A machine, what runs on it, and when.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The model of its CPU.
    pub cpu: String,
    /// How many of them a program may use.
    pub cores: usize,
    /// The name and the version of the kernel.
    pub kernel: String,
    /// How many programs wanted a CPU in the last minute: above 0.5 before we begin, others are at work.
    pub busy: f64,
    /// When, as RFC 3339 has it.
    pub date: String,
    /// The version of redis-server, if it is there.
    pub redis_server: Option<String>,
    /// The version of redis-benchmark, if it is there.
    pub redis_benchmark: Option<String>,
    /// The version of the labs.
    pub labs: &'static str,
}

impl Machine {
    /// This one, now.
    #[must_use]
    pub fn this() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
        let cpu = model.and_then(|line| line.split_once(':'));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cpu: cpu.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned()),
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            kernel: kernel(),
            busy: load.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            redis_server: version("redis-server"),
            redis_benchmark: version("redis-benchmark"),
            labs: env!("CARGO_PKG_VERSION"),
        }
    }

    /// What it is, in a few words.
    pub(crate) fn about(&self) -> String {
        format!("{}, {} cores, {}", self.cpu, self.cores, self.kernel)
    }

    /// That others were at work, if they were.
    pub(crate) fn noise(&self) -> Option<String> {
        let busy = format!("Others were at work here (load {:.1}): expect noise.", self.busy);
        (self.busy > 0.5).then_some(busy)
    }
}

/// The name and the version of the kernel.
pub(crate) fn kernel() -> String {
    let kernel = rustix::system::uname();
    let part = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    [kernel.sysname(), kernel.release(), kernel.machine()].map(part).join(" ")
}
