//! What may be used here: each tool is tried once, so that one sentence tells what is lost without it.

use std::process::{Command, Stdio};

use crate::report::model::Missing;

/// Something that may work here or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// strace may start programs.
    Strace,
    /// strace may take stacks as well.
    Stacks,
    /// ss.
    Ss,
    /// perf may sample.
    Perf,
    /// tcpdump is there; whether it may capture stands in each recording.
    Tcpdump,
}

/// How a tool is tried.
struct Try {
    tool: Tool,
    command: &'static [&'static str],
    package: &'static str,
    /// What is lost without it.
    lost: &'static str,
    /// What to do if it is there and does not work.
    mend: &'static str,
}

const TRIES: [Try; 5] = [
    Try {
        tool: Tool::Strace,
        command: &["strace", "-f", "-o", "/dev/null", "true"],
        package: "strace",
        lost: "timelines, the way of a request, system calls a request",
        mend: "in a container, start it with --cap-add=SYS_PTRACE",
    },
    Try {
        tool: Tool::Stacks,
        command: &["strace", "-k", "-o", "/dev/null", "true"],
        package: "strace",
        lost: "flame graphs of waiting",
        mend: "another build of strace takes stacks: scripts/doctor.sh",
    },
    Try {
        tool: Tool::Ss,
        command: &["ss", "--tcp"],
        package: "iproute2",
        lost: "packets and bytes a request",
        mend: "see what it says: ss --tcp",
    },
    Try {
        tool: Tool::Perf,
        command: &["perf", "record", "-q", "-e", "cpu-clock", "-o", "/dev/null", "--", "true"],
        package: "linux-perf",
        lost: "flame graphs of running",
        mend: "sudo sysctl kernel.perf_event_paranoid=1 (in a container: start it with --cap-add=PERFMON)",
    },
    Try {
        tool: Tool::Tcpdump,
        command: &["tcpdump", "--version"],
        package: "tcpdump",
        lost: "the packets on the way of a request",
        mend: "see what it says: tcpdump --version",
    },
];

/// The tools that work here.
#[derive(Debug)]
pub(super) struct Tools(Vec<Tool>);

impl Tools {
    /// Tries them, and says what is lost.
    pub(super) fn find(missing: &mut Vec<Missing>) -> Self {
        let mut works = Vec::new();
        for one in &TRIES {
            match why_not(one) {
                Some(why) => {
                    missing.push(Missing { stage: None, what: one.lost.to_owned(), why });
                }
                None => works.push(one.tool),
            }
        }
        Self(works)
    }

    /// Whether it works.
    pub(super) fn has(&self, tool: Tool) -> bool {
        self.0.contains(&tool)
    }
}

/// Whether a program of this name can be started.
pub(super) fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// Why it does not work, and what to type.
fn why_not(one: &Try) -> Option<String> {
    let (tool, words) = one.command.split_first()?;
    if !is_installed(tool) {
        let install = format!("apt-get install -y {}, or scripts/doctor.sh --fix", one.package);
        return Some(format!("{tool} is not installed: {install}"));
    }
    match Command::new(tool).args(words).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
            Some(format!("{tool} does not work here (it says: {}): {}", said.trim(), one.mend))
        }
        Err(error) => Some(format!("{tool} cannot be started: {error}")),
    }
}
