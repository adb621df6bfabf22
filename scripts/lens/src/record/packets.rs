//! The packets of a recording, by tcpdump, where it is there and may capture.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{ChildStderr, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::group::Group;

/// How long tcpdump may take to begin, or to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running tcpdump, or why there is none.
#[derive(Debug)]
pub(super) enum Packets {
    Running { group: Group, rest: BufReader<ChildStderr>, command: String },
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
        let command = format!("tcpdump {} -w packets.pcap '{filter}'", options.join(" "));
        _ = writeln!(progress, "+ {command}");
        let started = Group::start(
            Command::new("tcpdump")
                .args(&options)
                .arg("-w")
                .arg(folder.join("packets.pcap"))
                .arg(&filter)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
        );
        let Ok(mut group) = started else {
            return Self::None("tcpdump is not installed: apt-get install -y tcpdump".to_owned());
        };
        let Some(errors) = group.child.stderr.take() else { return Self::None(String::new()) };
        match wait_until_it_listens(errors) {
            Ok(rest) => Self::Running { group, rest, command },
            Err(why) => Self::None(why),
        }
    }

    /// Ends the capture. Returns the command and what tcpdump has counted, or why there is no capture.
    pub(super) fn stop(self) -> Result<(String, String), String> {
        let (mut group, mut rest, command) = match self {
            Self::Running { group, rest, command } => (group, rest, command),
            Self::None(why) => return Err(why),
        };
        group.signal(Signal::INT);
        match group.wait(PATIENCE) {
            Ok(Some(status)) if status.success() => {}
            _ => return Err("tcpdump did not end as it should".to_owned()),
        }
        let mut said = String::new();
        // What it has counted is good to know, and no more than that.
        _ = rest.read_to_string(&mut said);
        let lines: Vec<&str> =
            said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Ok((command, lines.join(", ")))
    }
}

/// Waits for `tcpdump: listening on lo, …`; anything else is the reason why it does not.
fn wait_until_it_listens(errors: ChildStderr) -> Result<BufReader<ChildStderr>, String> {
    let (sender, told) = mpsc::channel();
    thread::spawn(move || {
        let mut errors = BufReader::new(errors);
        let mut said = String::new();
        let mut line = String::new();
        while errors.read_line(&mut line).is_ok_and(|size| size > 0) {
            if line.contains("listening on ") {
                _ = sender.send(Ok(errors));
                return;
            }
            said.push_str(line.trim_end());
            line.clear();
        }
        _ = sender.send(Err(said));
    });
    told.recv_timeout(PATIENCE).unwrap_or_else(|_| Err("tcpdump says nothing".to_owned()))
}
