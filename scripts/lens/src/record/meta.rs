//! All about a recording that is not in the recording itself: `meta.json`.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use harness::labs::{Lab, REDIS};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};
use trace::call_paths::CallPaths;

use crate::sys::Server;
use crate::sys::machine::kernel;
use crate::sys::tools::version;

use super::Options;
use super::packets::Packets;

/// The version of the format that is written.
const FORMAT: u32 = 2;

fn format_1() -> u32 {
    1
}

/// What `meta.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The version of the format of the recording. A recording of format 1 has no `lines.json`.
    #[serde(default = "format_1")]
    pub format: u32,
    /// The package of the lab.
    pub lab: String,
    /// Its version.
    pub version: String,
    /// The name of the scenario.
    pub scenario: String,
    /// What happens in it.
    pub about: String,
    /// When, as RFC 3339 has it.
    pub date: String,
    /// Where the lab listened.
    pub address: String,
    /// The process of the lab.
    pub pid: i32,
    /// The name and the version of the kernel.
    pub kernel: String,
    /// The version of strace.
    pub strace: String,
    /// The version of tcpdump, if it is there.
    pub tcpdump: Option<String>,
    /// What was run, as one would type it.
    pub commands: Vec<String>,
    /// What tcpdump has counted, or why there is no `packets.pcap`.
    pub packets: String,
    /// Of how many calls `lines.json` knows the line, or why there is none.
    #[serde(default)]
    pub lines: String,
    /// What the lab printed when it ended.
    pub said_at_the_end: String,
}

impl Meta {
    /// What is known before anything was started.
    pub(super) fn new(asked: &Options, strace: String) -> Self {
        Self {
            format: FORMAT,
            lab: asked.lab.package.to_owned(),
            version: version_of(asked.lab),
            scenario: asked.scenario.name.clone(),
            about: asked.scenario.about.clone(),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            address: String::new(),
            pid: 0,
            kernel: kernel(),
            strace,
            tcpdump: version("tcpdump"),
            commands: Vec::new(),
            packets: String::new(),
            lines: String::new(),
            said_at_the_end: String::new(),
        }
    }

    /// Notes how the server was started.
    pub(super) fn started(&mut self, server: &Server) {
        self.commands.push(server.command.clone());
        self.address = server.addr.to_string();
        self.pid = server.pid.map_or(0, Pid::as_raw_pid);
    }

    /// Ends the capture and notes what came of it.
    pub(super) fn packets(&mut self, packets: Packets) {
        match packets.stop() {
            Ok((command, counted)) => {
                self.commands.push(command);
                self.packets = counted;
            }
            Err(why) => self.packets = format!("none: {why}"),
        }
    }

    /// Notes how the server was started once more to know lines, and of how many calls they are known.
    pub(super) fn knows_lines(&mut self, command: Option<String>, paths: &CallPaths) {
        self.format = FORMAT;
        self.lines = format!("{} of {} calls", paths.known(), paths.calls());
        let is_new = |command: &String| !self.commands.contains(command);
        self.commands.extend(command.filter(is_new));
    }

    /// Reads it from the folder of a recording; `None` if it is none.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join("meta.json")).ok()?).ok()
    }
}

/// The version of a lab, which is that of this kit, or `7.0.15` of `Redis server v=7.0.15 sha=…`.
fn version_of(lab: Lab) -> String {
    let redis = || {
        let said = version(REDIS.package)?;
        said.split_whitespace().find_map(|word| word.strip_prefix("v=")).map(str::to_owned)
    };
    let redis = (lab == REDIS).then(redis).flatten();
    redis.unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned())
}
