//! How strace is asked to record: which calls, of which threads, with how much of each.

use harness::labs::{Lab, REDIS};

/// What strace is asked for: times (`-ttt`, `-T`), addresses (`-yy`), and no stops at calls that are not
/// asked for (`--seccomp-bpf`).
const OPTIONS: &[&str] = &["-f", "--seccomp-bpf", "-ttt", "-T", "-yy"];
/// For the main thread alone, with the stack that led to each call (`-k`).
const STACKS: &[&str] = &["-k", "-T"];
/// The same as for a recording, without times, and with the stack that led to each call.
const LINES: &[&str] = &["-f", "--seccomp-bpf", "-k", "-yy"];
/// Both.
const SINGLE: &[&str] = &["-f", "--seccomp-bpf", "-k", "-ttt", "-T", "-yy"];
/// Everything that has to do with sockets and waiting. That is not `read` and `write`, with which Rust
/// reads and writes files but no sockets. The processors of other machines lack some (`?`). `scripts/trace.sh` and
/// `scripts/panes.sh` read the same file.
const CALLS: &str = include_str!("calls.txt").trim_ascii();
/// Redis reads and writes its sockets with these.
const CALLS_OF_REDIS: &str = "read,write,";

/// What strace writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trace {
    /// A recording: the calls of all threads that have to do with sockets and waiting.
    Recording,
    /// The calls of a recording, with their stacks in place of times.
    Lines,
    /// The calls of a recording, with their times and their stacks.
    Single,
    /// All calls, of all threads, for those who count them.
    AllCalls,
    /// The calls of the main thread that have to do with sockets and waiting, with their stacks.
    Stacks,
}

impl Trace {
    /// The options of strace. It shows every request of our scenarios (`-s`), and not every file that Redis reads.
    pub(super) fn options(self, lab: Lab) -> Vec<String> {
        let is_redis = lab == REDIS;
        let options = match self {
            Self::Stacks => STACKS,
            Self::Lines => LINES,
            Self::Single => SINGLE,
            Self::Recording | Self::AllCalls => OPTIONS,
        };
        let calls = match self {
            Self::AllCalls => "trace=all".to_owned(),
            _ if is_redis => format!("trace={CALLS_OF_REDIS}{CALLS}"),
            _ => format!("trace={CALLS}"),
        };
        let shown = if is_redis { "512" } else { "4096" };
        let words = options.iter().copied().chain(["-s", shown, "-e", &calls]);
        words.map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::labs::LABS;

    #[test]
    fn strace_may_lack_the_calls_that_arm64_lacks() {
        for lab in [LABS[2], REDIS] {
            let options = Trace::Recording.options(lab);
            let list = options.iter().find(|word| word.starts_with("trace=")).unwrap();
            for name in ["epoll_wait", "poll"] {
                assert!(list.contains(&format!(",?{name},")), "{list}");
            }
        }
    }
}
