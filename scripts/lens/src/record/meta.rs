//! All about a recording that is not in the recording itself: `meta.json`.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::labs::{Lab, REDIS};
use crate::sys::machine::kernel;
use crate::sys::tools::version;

use super::Order;
use super::packets::Packets;

/// What `meta.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
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
    /// What the lab printed when it ended.
    pub said_at_the_end: String,
}

impl Meta {
    /// What is known before anything was started.
    pub(super) fn new(order: &Order, strace: String) -> Self {
        Self {
            lab: order.lab.package.to_owned(),
            version: version_of(order.lab),
            scenario: order.scenario.name.clone(),
            about: order.scenario.about.clone(),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            address: String::new(),
            pid: 0,
            kernel: kernel(),
            strace,
            tcpdump: version("tcpdump"),
            commands: Vec::new(),
            packets: String::new(),
            said_at_the_end: String::new(),
        }
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
