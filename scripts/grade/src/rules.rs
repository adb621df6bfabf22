//! What a trace of a server says about the way it waits.
//!
//! A rule is a small automaton over the calls of a server, in the order of its log. Calls are matched by what they do
//! and not by their names (wait, accept, read, write, sleep), so that a server in any language can pass.
//!
//! A rule says [`Verdict::Broken`] only where the log proves it, and [`Verdict::Holds`] only where the conversation
//! has put it to the test. All else is [`Verdict::Unknown`], neither pass nor fail: a trace that is cut, a runtime whose
//! threads cannot be told apart, `io_uring`, and a machine that is so busy that times say nothing. A busy machine makes any call
//! long. So a call counts as asleep only if the kernel may put it to sleep, because its socket is a blocking one.

use std::time::Duration;

use serde::Deserialize;
use trace::client_log::ClientEvent;

mod acts;
mod calls;
mod one_client;
mod one_thread;
mod pauses;
mod quotes;
mod silence;
mod sleeps;
mod sockets;
mod spinning;
mod writes;

use calls::Calls;

/// How strace is asked: all threads (`-f`), times (`-ttt`, `-T`), addresses (`-yy`), and no stops at calls that are not asked
/// for (`--seccomp-bpf`, which needs `-f`). `-e`, [`CALLS`], `-o` and the name of the log follow.
pub const OPTIONS: &[&str] = &["-f", "--seccomp-bpf", "-ttt", "-T", "-yy", "-s", "256"];

/// The calls that the rules need, for `-e`. Processors and versions of strace lack some (`?`).
pub const CALLS: &str = "trace=%network,read,write,readv,writev,close,?dup,?dup2,dup3,?epoll_create,epoll_create1,epoll_ctl,\
    ?epoll_wait,epoll_pwait,?epoll_pwait2,?poll,ppoll,?select,pselect6,ioctl,fcntl,nanosleep,clock_nanosleep,\
    ?io_uring_setup,?io_uring_enter";

/// Above this lateness of the grader itself, times say nothing about a server.
const BUSY: Duration = Duration::from_millis(200);
/// So many lines are quoted.
const QUOTED: usize = 4;

/// What is demanded of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Labs 1 and 2: no client is accepted, and none is read, while another one is connected.
    OneClientAtATime,
    /// Lab 3: nothing puts a thread to sleep that serves clients, except the call that waits for all of them.
    SleepsOnlyInTheWait,
    /// Lab 3: a client is read while another one is silent.
    ReadsOthersWhileOneIsSilent,
    /// All labs: while nothing happens, the server does nothing.
    NoSpinning,
    /// Lab 3: one thread accepts, reads and writes.
    OneThread,
    /// Lab 3: a client that does not read its replies puts nobody to sleep.
    WritesWithoutSleeping,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 6] = [
        Self::OneClientAtATime,
        Self::SleepsOnlyInTheWait,
        Self::ReadsOthersWhileOneIsSilent,
        Self::NoSpinning,
        Self::OneThread,
        Self::WritesWithoutSleeping,
    ];

    /// The rule of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// What it is called in data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OneClientAtATime => "one_client_at_a_time",
            Self::SleepsOnlyInTheWait => "sleeps_only_in_the_wait",
            Self::ReadsOthersWhileOneIsSilent => "reads_others_while_one_is_silent",
            Self::NoSpinning => "no_spinning",
            Self::OneThread => "one_thread",
            Self::WritesWithoutSleeping => "writes_without_sleeping",
        }
    }

    /// What it demands, in a sentence.
    #[must_use]
    pub fn demands(self) -> &'static str {
        match self {
            Self::OneClientAtATime => "No client is accepted while another one is connected.",
            Self::SleepsOnlyInTheWait => {
                "The thread sleeps only in the call that waits for all clients."
            }
            Self::ReadsOthersWhileOneIsSilent => "A client is read while another one is silent.",
            Self::NoSpinning => "While no client does anything, the server sleeps.",
            Self::OneThread => "One thread serves all clients.",
            Self::WritesWithoutSleeping => "No write sleeps, even if a client does not read.",
        }
    }

    /// Judges what a server has done.
    #[must_use]
    pub fn judge(self, trace: &Trace<'_>) -> Judged {
        let calls = Calls::read(trace);
        if calls.uses_io_uring {
            let why = "The server uses io_uring, which strace does not see.";
            return Finding::Unknown(why.to_owned()).judged(trace);
        }
        let finding = match self {
            Self::OneClientAtATime => one_client::judge(&calls),
            Self::SleepsOnlyInTheWait => sleeps::judge(&calls),
            Self::ReadsOthersWhileOneIsSilent => silence::judge(&calls),
            Self::NoSpinning => spinning::judge(&calls),
            Self::OneThread => one_thread::judge(&calls),
            Self::WritesWithoutSleeping => writes::judge(&calls),
        };
        // What is proved is proved. But what is missing from a trace may have broken the rule as well.
        match (finding, calls.what_is_missing()) {
            (Finding::Holds, Some(why)) => Finding::Unknown(why).judged(trace),
            (finding, _) => finding.judged(trace),
        }
    }
}

/// A server's calls, and what its clients did meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct Trace<'a> {
    /// What strace has written, asked for [`OPTIONS`] and [`CALLS`].
    pub log: &'a [u8],
    /// What the clients of the conversation have noted. All times are of one clock.
    pub clients: &'a [ClientEvent],
    /// The process of the server. The log shows its end, or it is cut.
    pub main_thread: i32,
    /// The longest time by which a thread of the grader woke too late meanwhile: how busy the machine was.
    pub pulse: Duration,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The conversation has put it to the test, and it holds.
    Holds,
    /// It is broken, and the lines prove it.
    Broken,
    /// It cannot be judged, and why.
    Unknown(String),
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// As strace wrote it. A call that the lines of other threads have cut in two is in one piece.
    pub raw: String,
    /// What it means.
    pub meaning: String,
}

/// A rule, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whether it holds.
    pub verdict: Verdict,
    /// What is wrong, in a sentence. Empty unless it is broken.
    pub sentence: String,
    /// The lines of the log that prove it.
    pub lines: Vec<Quote>,
}

/// What a rule has found.
enum Finding {
    Holds,
    /// What is wrong, and the places of the calls that prove it.
    Broken(String, Vec<usize>),
    Unknown(String),
}

impl Finding {
    fn judged(self, trace: &Trace<'_>) -> Judged {
        let (verdict, sentence, places) = match self {
            Self::Holds => (Verdict::Holds, String::new(), Vec::new()),
            Self::Broken(sentence, places) => (Verdict::Broken, sentence, places),
            Self::Unknown(why) => (Verdict::Unknown(why), String::new(), Vec::new()),
        };
        Judged { verdict, sentence, lines: quotes::of(trace, &places) }
    }

    /// Nothing can be said, because the machine was too busy.
    fn too_busy(pulse: Duration) -> Self {
        let late = trace::duration::Human(pulse);
        Self::Unknown(format!(
            "The machine was too busy: the grader itself woke up to {late} too late."
        ))
    }
}
