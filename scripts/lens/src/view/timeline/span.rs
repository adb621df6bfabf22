//! What is in a timeline: lanes, and the spans in them.

use serde::Serialize;
use strum::AsRefStr;

use crate::text::letters;

use trace::call_paths::Frame;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, AsRefStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum LaneKind {
    /// A client, by its own notes.
    Client,
    /// The kernel: connections that are complete, and that the server has not accepted.
    AcceptQueue,
    /// The kernel: bytes that have been sent, and that the server has not read.
    ReceiveBuffer,
    /// The server's thread: asleep in which call, or awake for which client.
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
    /// From where in the server's source the call was made, the outermost function first, if that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Frame>,
}

/// What a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, AsRefStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
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

/// How a kind of span is shown.
pub(in crate::view) struct Look {
    /// Its class in a picture: a colour, and a pattern that tells the same.
    pub(in crate::view) shape: &'static str,
    /// The classes of what is written on it.
    pub(in crate::view) words: &'static str,
    /// Its letter in a terminal.
    pub(in crate::view) letter: char,
}

impl SpanKind {
    /// How it is shown.
    pub(in crate::view) fn look(self) -> Look {
        let (shape, words, letter) = match self {
            Self::Connect => ("open", "on small halo-tint", '|'),
            Self::Waiting => ("hatch", "on halo strong", '/'),
            Self::Idle => ("line", "on note", '─'),
            Self::Unaccepted | Self::Unread => ("dots", "on small halo-tint", '▒'),
            Self::Asleep => ("rest", "on note", '·'),
            Self::Served | Self::Awake | Self::Call => ("solid", "on on-solid", '█'),
        };
        Look { shape, words, letter }
    }
}

impl Span {
    /// A span without a call and without bytes.
    pub(in crate::view) fn new(
        kind: SpanKind,
        client: Option<&str>,
        (start_us, end_us): (i64, i64),
        says: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            kind,
            client: client.map(str::to_owned),
            start_us,
            duration_us: u64::try_from(end_us - start_us).unwrap_or(0),
            call: String::new(),
            says: says.into_iter().map(Into::into).collect(),
            bytes: 0,
            path: Vec::new(),
        }
    }

    /// The same until another time.
    pub(super) fn until(self, end_us: i64) -> Self {
        Self { duration_us: u64::try_from(end_us - self.start_us).unwrap_or(0), ..self }
    }

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
    pub fn fitting(&self, most: usize) -> Option<&str> {
        self.says.iter().map(String::as_str).find(|text| letters(text) <= most)
    }
}
