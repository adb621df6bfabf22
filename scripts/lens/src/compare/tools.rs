//! What may be used here: each tool is tried once, so that one sentence tells what is lost without it.

use crate::report::model::Missing;
use crate::sys::tools;

/// Something that may work here or not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tool {
    /// How it is tried.
    command: &'static [&'static str],
    /// What is lost without it.
    lost: &'static str,
    /// What to do if it is there and does not work.
    mend: &'static str,
}

/// strace may start programs.
pub(super) const STRACE: Tool = Tool {
    command: &["strace", "-f", "-o", "/dev/null", "true"],
    lost: "timelines, the way of a request, system calls a request",
    mend: "in a container, start it with --cap-add=SYS_PTRACE",
};
/// strace may take stacks as well.
pub(super) const STACKS: Tool = Tool {
    command: &["strace", "-k", "-o", "/dev/null", "true"],
    lost: "flame graphs of waiting",
    mend: "another build of strace takes stacks: scripts/doctor.sh",
};
/// ss shows what a connection has carried.
pub(super) const SS: Tool = Tool {
    command: &["ss", "--tcp"],
    lost: "packets and bytes a request",
    mend: "see what it says: ss --tcp",
};
/// perf may sample.
pub(super) const PERF: Tool = Tool {
    command: &["perf", "record", "-q", "-e", "cpu-clock", "-o", "/dev/null", "--", "true"],
    lost: "flame graphs of running",
    mend: "sudo sysctl kernel.perf_event_paranoid=1 (in a container: start it with --cap-add=PERFMON)",
};
/// tcpdump is there; whether it may capture stands in each recording.
const TCPDUMP: Tool = Tool {
    command: &["tcpdump", "--version"],
    lost: "the packets on the way of a request",
    mend: "see what it says: tcpdump --version",
};

impl Tool {
    /// Whether it traces a server from its start on: not one that runs already.
    pub(super) fn starts_the_server(&self) -> bool {
        self.command.starts_with(&["strace"])
    }
}

/// The tools that work here.
#[derive(Debug)]
pub(super) struct Tools(Vec<Tool>);

impl Tools {
    /// Tries them, and says what is lost.
    pub(super) fn find(missing: &mut Vec<Missing>) -> Self {
        let works = |tool: &Tool| match tools::try_out(tool.command, tool.mend) {
            Ok(()) => true,
            Err(why) => {
                missing.push(Missing { stage: None, what: tool.lost.to_owned(), why });
                false
            }
        };
        Self([STRACE, STACKS, SS, PERF, TCPDUMP].into_iter().filter(works).collect())
    }

    /// Whether it works.
    pub(super) fn has(&self, tool: &Tool) -> bool {
        self.0.contains(tool)
    }
}
