//! What may be used here: each tool is tried once, so that one sentence tells what is lost without it.

use crate::report::model::Missing;
use crate::sys::tools;

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
    /// What is lost without it.
    lost: &'static str,
    /// What to do if it is there and does not work.
    mend: &'static str,
}

const TRIES: [Try; 5] = [
    Try {
        tool: Tool::Strace,
        command: &["strace", "-f", "-o", "/dev/null", "true"],
        lost: "timelines, the way of a request, system calls a request",
        mend: "in a container, start it with --cap-add=SYS_PTRACE",
    },
    Try {
        tool: Tool::Stacks,
        command: &["strace", "-k", "-o", "/dev/null", "true"],
        lost: "flame graphs of waiting",
        mend: "another build of strace takes stacks: scripts/doctor.sh",
    },
    Try {
        tool: Tool::Ss,
        command: &["ss", "--tcp"],
        lost: "packets and bytes a request",
        mend: "see what it says: ss --tcp",
    },
    Try {
        tool: Tool::Perf,
        command: &["perf", "record", "-q", "-e", "cpu-clock", "-o", "/dev/null", "--", "true"],
        lost: "flame graphs of running",
        mend: "sudo sysctl kernel.perf_event_paranoid=1 (in a container: start it with --cap-add=PERFMON)",
    },
    Try {
        tool: Tool::Tcpdump,
        command: &["tcpdump", "--version"],
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
            match tools::try_out(one.command, one.mend) {
                Ok(()) => works.push(one.tool),
                Err(why) => {
                    missing.push(Missing { stage: None, what: one.lost.to_owned(), why });
                }
            }
        }
        Self(works)
    }

    /// Whether it works.
    pub(super) fn has(&self, tool: Tool) -> bool {
        self.0.contains(&tool)
    }
}
