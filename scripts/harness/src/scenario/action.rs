//! What a client of a scenario can do. `scenarios.toml` says how each is written.

use std::fmt;

use serde::Deserialize;

use super::reply::Reply;

/// One thing that a client does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Asks for a connection, and waits until the kernel has made it.
    Connect,
    /// Sends a command in one write.
    Send(String),
    /// Sends these bytes in one write.
    SendBytes(String),
    /// Sends a command several times in one write.
    Pipeline {
        /// How often.
        count: usize,
        /// What; `#` in it is the number.
        command: String,
    },
    /// Sends one command in several writes.
    Split {
        /// How many.
        pieces: usize,
        /// The time between them, in milliseconds.
        pause_ms: u64,
        /// What.
        command: String,
    },
    /// Waits for one reply, which must be this one.
    Expect(Reply),
    /// Waits for several replies, which must be these.
    ExpectEach {
        /// How many.
        count: usize,
        /// What; `#` in it is the number.
        reply: Reply,
    },
    /// Waits for one reply, which must be this one, and must take so long.
    ExpectIn {
        /// What.
        reply: Reply,
        /// It must not be whole earlier, in milliseconds.
        #[serde(default)]
        least_ms: u64,
        /// It must not be whole later, in milliseconds.
        #[serde(default = "for_ever")]
        most_ms: u64,
    },
    /// Waits for one reply, which must begin with these bytes.
    ExpectStart(String),
    /// Waits for so many replies, whatever they are.
    Replies(usize),
    /// Waits so many milliseconds, in which nothing may arrive.
    ExpectSilenceMs(u64),
    /// Waits until the server closes the connection.
    ExpectClose,
    /// Does nothing for so many milliseconds.
    PauseMs(u64),
    /// Does several things, several times.
    Repeat {
        /// How often.
        times: usize,
        /// What.
        actions: Vec<Action>,
    },
    /// Lets those go on who wait for this name.
    Signal(String),
    /// Waits until another client has signalled this name.
    WaitFor(String),
    /// Says that it will send nothing more, and can still receive.
    Shutdown,
    /// Closes the connection.
    Close,
    /// Ends the connection at once (RST); what is on its way is lost.
    Reset,
}

fn for_ever() -> u64 {
    u64::MAX
}

impl Action {
    /// The same, with all its texts changed.
    #[must_use]
    pub(super) fn map(self, change: &mut impl FnMut(&str) -> String) -> Self {
        match self {
            Self::Send(command) => Self::Send(change(&command)),
            Self::SendBytes(bytes) => Self::SendBytes(change(&bytes)),
            Self::Pipeline { count, command } => {
                Self::Pipeline { count, command: change(&command) }
            }
            Self::Split { pieces, pause_ms, command } => {
                Self::Split { pieces, pause_ms, command: change(&command) }
            }
            Self::Expect(reply) => Self::Expect(reply.map(change)),
            Self::ExpectEach { count, reply } => {
                Self::ExpectEach { count, reply: reply.map(change) }
            }
            Self::ExpectIn { reply, least_ms, most_ms } => {
                Self::ExpectIn { reply: reply.map(change), least_ms, most_ms }
            }
            Self::ExpectStart(start) => Self::ExpectStart(change(&start)),
            Self::Repeat { times, actions } => {
                let actions = actions.into_iter().map(|action| action.map(change)).collect();
                Self::Repeat { times, actions }
            }
            other => other,
        }
    }

    /// What it is called in a file.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Send(_) => "send",
            Self::SendBytes(_) => "send_bytes",
            Self::Pipeline { .. } => "pipeline",
            Self::Split { .. } => "split",
            Self::Expect(_) => "expect",
            Self::ExpectEach { .. } => "expect_each",
            Self::ExpectIn { .. } => "expect_in",
            Self::ExpectStart(_) => "expect_start",
            Self::Replies(_) => "replies",
            Self::ExpectSilenceMs(_) => "expect_silence_ms",
            Self::ExpectClose => "expect_close",
            Self::PauseMs(_) => "pause_ms",
            Self::Repeat { .. } => "repeat",
            Self::Signal(_) => "signal",
            Self::WaitFor(_) => "wait_for",
            Self::Shutdown => "shutdown",
            Self::Close => "close",
            Self::Reset => "reset",
        }
    }

    /// The name of the command that it sends.
    pub(super) fn command(&self) -> Option<&str> {
        let (Self::Send(command) | Self::Pipeline { command, .. } | Self::Split { command, .. }) =
            self
        else {
            return None;
        };
        command.split_whitespace().next()
    }

    /// The actions that it stands for: itself, unless it repeats others.
    pub(super) fn flat(&self) -> Vec<&Self> {
        let Self::Repeat { times, actions } = self else { return vec![self] };
        let once: Vec<&Self> = actions.iter().flat_map(Self::flat).collect();
        once.repeat(*times)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => write!(f, "connect"),
            Self::Send(command) => write!(f, "send {command}"),
            Self::SendBytes(bytes) => write!(f, "send the bytes {bytes}"),
            Self::Pipeline { count, command } => write!(f, "send {count} times {command}"),
            Self::Split { command, .. } => write!(f, "split {command}"),
            Self::Expect(reply) | Self::ExpectIn { reply, .. } => {
                write!(f, "expect {}", reply.text(1))
            }
            Self::ExpectStart(start) => write!(f, "expect what begins with {start}"),
            Self::ExpectEach { count, .. } | Self::Replies(count) => write!(f, "replies {count}"),
            Self::ExpectSilenceMs(ms) => write!(f, "expect silence for {ms} ms"),
            Self::ExpectClose => write!(f, "expect the end"),
            Self::PauseMs(_) => write!(f, "pause"),
            Self::Repeat { times, .. } => write!(f, "repeat {times} times"),
            Self::Signal(name) => write!(f, "signal {name}"),
            Self::WaitFor(name) => write!(f, "wait for {name}"),
            Self::Shutdown => write!(f, "shut down"),
            Self::Close => write!(f, "close"),
            Self::Reset => write!(f, "reset"),
        }
    }
}
