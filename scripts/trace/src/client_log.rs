//! What a client of a scenario has done and seen, one JSON object a line: `clients.jsonl`.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Something that a client has done or seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientEvent {
    /// When, in microseconds since 1970, by the clock that `strace -ttt` shows too.
    pub at_us: u64,
    /// The client's name in the scenario.
    pub client: String,
    /// The port that it comes from.
    pub port: u16,
    /// What.
    #[serde(flatten)]
    pub what: EventKind,
}

/// What a client has done or seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// It asks for a connection.
    Connecting,
    /// The kernel of the server has completed the handshake.
    Connected,
    /// It sends these bytes.
    Sent {
        /// How many.
        bytes: usize,
        /// What they say.
        text: String,
    },
    /// Replies have arrived, all that it has waited for.
    Received {
        /// How many bytes.
        bytes: usize,
        /// How many replies.
        replies: usize,
        /// How long it has waited for them, in microseconds; what it did of its own will before does
        /// not count.
        waited_us: u64,
        /// What the first of them says.
        text: String,
    },
    /// The reply was not the expected one.
    Unexpected {
        /// The expected one.
        expected: String,
        /// The one that came.
        got: String,
    },
    /// It has lost patience, or its connection.
    GaveUp {
        /// What it was doing.
        step: String,
        /// Why.
        why: String,
    },
    /// It closes its connection.
    Closed,
}

impl ClientEvent {
    /// When it was, since 1970.
    #[must_use]
    pub fn at(&self) -> Duration {
        Duration::from_micros(self.at_us)
    }
}

/// Now, in microseconds since 1970.
#[must_use]
pub fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Reads an event log. Lines that are none are left out: somebody may have cut it.
///
/// # Errors
/// If the file cannot be read.
pub fn read_log(path: &Path) -> io::Result<Vec<ClientEvent>> {
    let mut events = Vec::new();
    for line in BufReader::new(File::open(path)?).lines() {
        if let Ok(event) = serde_json::from_str(&line?) {
            events.push(event);
        }
    }
    Ok(events)
}
