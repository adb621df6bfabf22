//! What is in a timeline: lanes, and the spans in them.

use serde::Serialize;

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// What it is about.
    pub kind: LaneKind,
    /// What stands in front of it.
    pub name: String,
    /// What happens in it, in the order of time.
    pub spans: Vec<Span>,
}

/// What a lane is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaneKind {
    /// A client, by its own notes.
    Client,
    /// The kernel: connections that are complete, and that nobody has accepted.
    AcceptQueue,
    /// The kernel: bytes that have been sent, and that nobody has read.
    ReceiveBuffer,
    /// The server's thread: asleep in which call, or awake for whom.
    Server,
    /// The server's calls that did not sleep.
    Calls,
}

/// Something that goes on for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// What.
    pub kind: SpanKind,
    /// About which client; `None` if about none, or about all.
    pub client: Option<String>,
    /// When it begins.
    pub start_us: i64,
    /// How long it takes.
    pub duration_us: u64,
    /// The call as strace shows it; for a client, what it does.
    pub call: String,
    /// What it is, in words. The texts are of different length: the first that fits is written.
    pub says: Vec<String>,
    /// How many bytes it is about.
    pub bytes: usize,
}

/// What a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpanKind {
    /// A client asks for a connection.
    Connect,
    /// A client has sent something, and the server has not read it.
    Waiting,
    /// The server has read it, and the reply is not here yet.
    Served,
    /// A client is connected, and says nothing.
    Idle,
    /// A connection that was not accepted.
    Unaccepted,
    /// Bytes that were not read.
    Unread,
    /// The server's thread sleeps.
    Asleep,
    /// The server's thread is awake.
    Awake,
    /// A call that did not sleep.
    Call,
}

impl SpanKind {
    /// As it stands in `data-kind`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Waiting => "waiting",
            Self::Served => "served",
            Self::Idle => "idle",
            Self::Unaccepted => "unaccepted",
            Self::Unread => "unread",
            Self::Asleep => "asleep",
            Self::Awake => "awake",
            Self::Call => "call",
        }
    }
}

impl LaneKind {
    /// As it stands in `data-lane`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::AcceptQueue => "accept-queue",
            Self::ReceiveBuffer => "receive-buffer",
            Self::Server => "server",
            Self::Calls => "calls",
        }
    }
}

impl Span {
    /// When it ends.
    #[must_use]
    pub fn end_us(&self) -> i64 {
        self.start_us.saturating_add_unsigned(self.duration_us)
    }

    /// What it is, in the most words.
    #[must_use]
    pub fn full(&self) -> &str {
        self.says.first().map_or("", String::as_str)
    }

    /// What it is, in the words that fit into so many letters.
    #[must_use]
    pub fn fitting(&self, letters: usize) -> Option<&str> {
        self.says.iter().map(String::as_str).find(|text| text.chars().count() <= letters)
    }
}
