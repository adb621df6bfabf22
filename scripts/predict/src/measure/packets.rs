//! How many packets the kernel of the server sends to a client.

use lens::view::{Recorded, packets_to_client};
use serde::Deserialize;

use super::{Found, Moment, Seen, Value};

/// How many, up to a moment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packets {
    /// To which client.
    to: String,
    /// Until when.
    until: Moment,
}

impl Packets {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let until = self.until.find(run)?;
        let port = run.events_of(&self.to).next()?.port;
        // Without packets, nothing can be said: a capture needs rights that a trace does not need.
        let packets = packets_to_client(run, port).ok().filter(|packets| !packets.is_empty())?;
        let early: Vec<_> = packets.iter().filter(|(at, _)| *at < until.time_us).collect();
        let mut seen: Vec<Seen> = early
            .iter()
            .map(|(at, bytes)| {
                let says = format!("from the server's kernel to client {}: {bytes} bytes", self.to);
                Seen::at(*at, "packet", says)
            })
            .collect();
        seen.push(until.seen);
        Some(Found { value: Value::from(early.len()), seen })
    }
}
