//! The packets of a recording, by tcpdump, where it is there and may capture.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use harness::group::Group;
use rustix::process::Signal;

use crate::sys::tools::NotInstalled;
use crate::sys::typed::typed;

/// How long tcpdump may take to begin, or to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running tcpdump, or why there is none.
#[derive(Debug)]
pub(super) enum Packets {
    Running { group: Group, command: String },
    None(String),
}

impl Packets {
    /// Starts to capture, and waits until tcpdump says that it does.
    pub(super) fn start(port: u16, folder: &Path, progress: &mut impl Write) -> Self {
        // The start of each packet is enough, and a large buffer keeps the kernel from dropping some.
        let mut options =
            vec!["-i", "lo", "-n", "-U", "--immediate-mode", "-s", "512", "-B", "8192"];
        if rustix::process::geteuid().is_root() {
            // As root it becomes another user first, who may then not write here.
            options.extend(["-Z", "root"]);
        }
        let filter = format!("tcp port {port}");
        let shown = options.iter().copied().chain(["-w", "packets.pcap", &filter]);
        let command = typed("tcpdump", shown);
        _ = writeln!(progress, "+ {command}");
        let started = Group::start(
            Command::new("tcpdump")
                .args(&options)
                .arg("-w")
                .arg(folder.join("packets.pcap"))
                .arg(&filter)
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
        );
        let Ok(group) = started else {
            return Self::None(NotInstalled("tcpdump").to_string());
        };
        // It says "tcpdump: listening on lo, …"; anything else is the reason why it does not.
        let is_ready = |line: &str| line.contains("listening on ").then_some(());
        match group.stderr.until(PATIENCE, is_ready) {
            (_, Some(())) => Self::Running { group, command },
            (said, None) if said.is_empty() => Self::None("tcpdump says nothing".to_owned()),
            (said, None) => Self::None(said.join(" ")),
        }
    }

    /// Ends the capture. Returns the command and what tcpdump has counted, or why there is no capture.
    pub(super) fn stop(self) -> Result<(String, String), String> {
        let (mut group, command) = match self {
            Self::Running { group, command } => (group, command),
            Self::None(why) => return Err(why),
        };
        // Not SIGINT: we may have been started so that we, and all that we start, ignore that.
        group.signal(Signal::TERM);
        match group.wait(PATIENCE) {
            Ok(Some(status)) if status.success() => {}
            _ => return Err("tcpdump did not end as it should".to_owned()),
        }
        let said = group.stderr.rest();
        let lines: Vec<&str> =
            said.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        Ok((command, lines.join(", ")))
    }
}
