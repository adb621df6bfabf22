//! How a client fares while another one holds its connection.

use lens::view::Recorded;
use serde::Deserialize;
use trace::client_log::{ClientEvent, EventKind};

use super::{Found, Seen, Value};

/// `refused`, `unconnected`, `unanswered` or `answered`, until the other one does what is said.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fate {
    /// Which client.
    client: String,
    /// Until when.
    until: super::Moment,
}

impl Fate {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let until = self.until.find(run)?;
        let events: Vec<&ClientEvent> = run.events_of(&self.client).collect();
        let until_then = events.iter().filter(|event| event.at_us <= until.time_us);
        let has = |of: fn(&EventKind) -> bool| until_then.clone().any(|event| of(&event.what));
        let is_connected = has(|what| matches!(what, EventKind::Connected));
        let value = if has(|what| matches!(what, EventKind::Received { .. })) {
            "answered"
        } else if has(|what| matches!(what, EventKind::GaveUp { .. })) && !is_connected {
            "refused"
        } else if is_connected {
            "unanswered"
        } else {
            "unconnected"
        };
        let port = events.first()?.port;
        let accepted = run.accept_of(port).map(|call| Seen::call(run, call));
        let mut seen: Vec<Seen> = events.into_iter().map(Seen::note).collect();
        seen.push(until.seen);
        seen.extend(accepted);
        Some(Found { value: Value::from(value), seen })
    }
}
