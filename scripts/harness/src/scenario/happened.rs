//! What the clients of a scenario have done and seen.

use std::time::Duration;

use trace::client_log::{ClientEvent, EventKind};

/// So many bytes of what was sent or received are kept; of the rest only how many there were.
const KEPT: usize = 4096;
/// How much of a command the log shows, in letters.
const SHOWN: usize = 60;

/// Something that a client has done or seen.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When, in microseconds since 1970, by the clock that `strace -ttt` shows too.
    pub at_us: u64,
    /// The client's name in the scenario.
    pub client: String,
    /// The port that it comes from; 0 before it has any.
    pub port: u16,
    /// What.
    pub what: What,
}

/// What a client has done or seen.
#[derive(Debug, Clone)]
pub enum What {
    /// It asks for a connection.
    Connecting,
    /// The kernel of the server has completed the handshake.
    Connected,
    /// It sends bytes.
    Sent {
        /// What they say.
        text: String,
        /// The bytes.
        bytes: Bytes,
    },
    /// Replies have arrived, all that it has waited for.
    Received {
        /// What the first of them says.
        text: String,
        /// The bytes of all.
        bytes: Bytes,
        /// How many replies.
        replies: usize,
        /// How long it has waited for them.
        waited: Duration,
    },
    /// It has done nothing for so long.
    Paused(Duration),
    /// Nothing has arrived for so long, as it must be.
    WasSilent(Duration),
    /// The server has closed the connection, as it must.
    WasClosed,
    /// It has said that it sends nothing more.
    ShutDown,
    /// It has closed its connection; `with_reset` if that was without a goodbye.
    Closed {
        /// Whether what was on its way is lost.
        with_reset: bool,
    },
    /// It could not go on.
    Failed(Failure),
}

/// Some bytes, the first of which are kept.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Bytes {
    /// The first ones.
    pub first: Vec<u8>,
    /// How many there are in all.
    pub count: usize,
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self { first: bytes.iter().copied().take(KEPT).collect(), count: bytes.len() }
    }
}

impl Bytes {
    /// Others follow.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.append(bytes.into());
    }

    /// The same, of bytes that may have been cut already.
    pub(super) fn append(&mut self, bytes: Self) {
        // What is behind a gap is no longer the beginning.
        if self.first.len() == self.count {
            let room = KEPT - self.first.len();
            self.first.extend(bytes.first.into_iter().take(room));
        }
        self.count += bytes.count;
    }

    /// Only the first ones of them.
    pub(super) fn truncate(&mut self, count: usize) {
        self.first.truncate(count);
        self.count = self.count.min(count);
    }
}

/// Why a client could not go on.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What it was doing.
    pub action: String,
    /// What went wrong.
    pub kind: FailureKind,
    /// The bytes that should have come.
    pub expected: Bytes,
    /// The bytes that have come in their place.
    pub got: Bytes,
    /// How long it has waited.
    pub waited: Duration,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The server could not be connected to.
    Refused,
    /// Nothing has come.
    NoReply,
    /// A part of the reply has come, and no more.
    Incomplete,
    /// The server has closed the connection.
    Closed,
    /// Other bytes have come.
    Differs,
    /// Bytes have come that nobody has asked for.
    TooMuch,
    /// The whole reply has come earlier than it may.
    TooSoon,
    /// The whole reply has come later than it may.
    TooLate,
    /// The server has not closed the connection.
    StillOpen,
    /// The server does not read what it is sent.
    NotRead,
    /// Another client could not go on, or never came so far.
    Abandoned,
    /// The scenario asks for what cannot be done.
    Impossible,
}

impl Happened {
    /// The same as a recording keeps it.
    #[must_use]
    pub fn event(&self) -> Option<ClientEvent> {
        let what = match &self.what {
            What::Connecting => EventKind::Connecting,
            What::Connected => EventKind::Connected,
            What::Sent { text, bytes } => {
                EventKind::Sent { bytes: bytes.count, text: text.chars().take(SHOWN).collect() }
            }
            What::Received { text, bytes, replies, waited } => EventKind::Received {
                bytes: bytes.count,
                replies: *replies,
                waited_us: u64::try_from(waited.as_micros()).unwrap_or(u64::MAX),
                text: text.clone(),
            },
            What::Closed { .. } => EventKind::Closed,
            What::Failed(failure) => {
                EventKind::GaveUp { step: failure.action.clone(), why: failure.to_string() }
            }
            What::Paused(_) | What::WasSilent(_) | What::WasClosed | What::ShutDown => return None,
        };
        let Self { at_us, client, port, .. } = self;
        Some(ClientEvent { at_us: *at_us, client: client.clone(), port: *port, what })
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let got = self.got.first.escape_ascii();
        match self.kind {
            FailureKind::Refused => write!(f, "it cannot connect"),
            FailureKind::NoReply | FailureKind::NotRead => write!(f, "waited too long"),
            FailureKind::Incomplete => write!(f, "waited too long, with {got}"),
            FailureKind::Closed => write!(f, "the server has closed the connection"),
            FailureKind::Differs => {
                write!(
                    f,
                    "hears {got}, and should have heard {}",
                    self.expected.first.escape_ascii()
                )
            }
            FailureKind::TooMuch => write!(f, "hears {got}, which it has not asked for"),
            FailureKind::TooSoon => write!(f, "the reply was whole too soon"),
            FailureKind::TooLate => write!(f, "the reply was whole too late"),
            FailureKind::StillOpen => write!(f, "the server has not closed the connection"),
            FailureKind::Abandoned => write!(f, "the other client never came so far"),
            FailureKind::Impossible => write!(f, "it is not connected"),
        }
    }
}
