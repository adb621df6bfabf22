//! A step: something that happens, before there are words for it.

use super::Effect;

/// Something that happens.
#[derive(Debug)]
pub(super) struct Step {
    /// When, on the film's axis.
    pub(super) at: i64,
    pub(super) rank: Rank,
    pub(super) client: Option<String>,
    pub(super) what: What,
    pub(super) does: Vec<Effect>,
}

/// What comes first of what has the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// What a client does to the server.
    Cause,
    /// What the server does.
    Server,
    /// What the server does to a client.
    Effect,
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A client asks for a connection and does not have one at once.
    Asks,
    /// The handshake is complete.
    Connects,
    /// A client gets no connection.
    Refused(String),
    /// A client sends something that does not arrive at once.
    Sends(String),
    /// So many bytes arrive. The text, if a client has just sent them.
    Arrives(usize, Option<String>),
    /// The kernel sends bytes of a call that sleeps, or the client's kernel confirms some.
    Flows,
    /// A client has its reply: what it says, how many replies, and for how many microseconds it has waited.
    Receives(String, usize, u64),
    /// A client closes its connection.
    Leaves,
    /// A client says this of itself.
    Notes(String),
    /// The server sleeps in this call from now on, or sends for long.
    Falls(usize),
    /// The server makes this call, and does not sleep.
    Calls(usize),
    /// The server wakes up in this call, or has sent all.
    Wakes(usize),
}

impl Step {
    pub(super) fn new(at: i64, rank: Rank, client: &str, what: What, does: Vec<Effect>) -> Self {
        Self { at, rank, client: Some(client.to_owned()), what, does }
    }
}

/// So many bytes are shown of what arrives or is written.
const SHOWN: usize = 256;

/// Bytes as a text, one letter a byte; the first of them.
pub(super) fn letters(bytes: &[u8]) -> String {
    bytes.iter().take(SHOWN).copied().map(char::from).collect()
}

impl Effect {
    /// Adds an effect of the same kind on the same client. Returns it if it is another one.
    pub(super) fn add(&mut self, other: Effect) -> Option<Effect> {
        match (self, other) {
            (
                Self::Arrived { client, bytes, data },
                Self::Arrived { client: same, bytes: more, data: next },
            )
            | (
                Self::Written { client, bytes, data },
                Self::Written { client: same, bytes: more, data: next },
            ) if *client == same => {
                if data.chars().count() == *bytes {
                    let room = SHOWN.saturating_sub(*bytes);
                    data.extend(next.chars().take(room));
                }
                *bytes += more;
                None
            }
            (Self::Taken { client, bytes }, Self::Taken { client: same, bytes: more })
                if *client == same =>
            {
                *bytes += more;
                None
            }
            (_, other) => Some(other),
        }
    }
}
