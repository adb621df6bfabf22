//! The time axis: from times since 1970 to times since the second client asked for its connection.

use trace::client_log::{ClientEvent, EventKind};

use super::super::ServerCall;
use super::super::recorded::Recorded;
use super::MARGIN_US;

/// The time axis of a recording.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// Time 0, in microseconds since 1970.
    pub zero_us: u64,
    /// From when to when the recording is of interest.
    pub window: (i64, i64),
}

impl Axis {
    /// That of a recording.
    #[must_use]
    pub fn new(recorded: &Recorded) -> Self {
        let zero_us = second(recorded).map_or(0, |event| event.at_us);
        let axis = Self { zero_us, window: (0, 0) };
        let known =
            |call: &&ServerCall| call.port.is_some_and(|port| recorded.name_of(port).is_some());
        let ends = recorded.calls.iter().filter(known).map(ServerCall::end_us);
        let last = recorded.events.iter().map(|event| event.at_us).chain(ends).max().unwrap_or(0);
        let first = recorded.events.first().map_or(0, |event| event.at_us);
        Self { window: (axis.at(first) - MARGIN_US, axis.at(last) + MARGIN_US), ..axis }
    }

    /// A time since 1970 on this axis.
    #[must_use]
    pub fn at(&self, since_1970_us: u64) -> i64 {
        let signed = |us: u64| i64::try_from(us).unwrap_or(i64::MAX);
        signed(since_1970_us) - signed(self.zero_us)
    }
}

/// When the second client, or the only one, asks for its connection.
pub(super) fn second(recorded: &Recorded) -> Option<&ClientEvent> {
    let clients = recorded.clients();
    let name = clients.get(1).or(clients.first())?;
    recorded.events_of(name).find(|event| event.what == EventKind::Connecting)
}
