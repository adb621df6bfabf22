//! A moment of a run, by what a client notes then, or by what the server does then.

use std::collections::BTreeMap;

use lens::view::{Did, Recorded, ServerCall};
use serde::Deserialize;
use trace::client_log::{ClientEvent, EventKind};

use super::{Found, Seen, Value};

/// When a client, or the server, does something for the n-th time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Which client it is about.
    pub client: String,
    /// What is done.
    pub did: What,
    /// The how manieth time; the first, if it is not said.
    #[serde(default = "first")]
    pub nth: usize,
}

fn first() -> usize {
    1
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The client asks for a connection.
    Connects,
    /// The kernel has connected the client.
    IsConnected,
    /// The client sends.
    Sends,
    /// The client has its answer.
    HasAnswer,
    /// The client closes its side.
    Leaves,
    /// The server has accepted the client.
    IsAccepted,
    /// The server has read bytes of the client.
    IsRead,
    /// The server has sent bytes to the client.
    IsAnswered,
    /// The server has closed the connection.
    IsClosed,
}

/// A moment that was found.
pub(super) struct At {
    pub(super) time_us: u64,
    pub(super) seen: Seen,
}

impl Moment {
    /// Finds it in a run.
    pub(super) fn find(&self, run: &Recorded) -> Option<At> {
        let nth = self.nth.checked_sub(1)?;
        let note = run.events_of(&self.client).filter(|event| self.is_noted(event)).nth(nth);
        if let Some(event) = note {
            return Some(At { time_us: event.at_us, seen: Seen::note(event) });
        }
        let port = run.events_of(&self.client).next()?.port;
        let call = run.calls_of(port).filter(|call| self.is_done(call)).nth(nth)?;
        Some(At { time_us: call.end_us(), seen: Seen::call(run, call) })
    }

    fn is_noted(&self, event: &ClientEvent) -> bool {
        matches!(
            (self.did, &event.what),
            (What::Connects, EventKind::Connecting)
                | (What::IsConnected, EventKind::Connected)
                | (What::Sends, EventKind::Sent { .. })
                | (What::HasAnswer, EventKind::Received { .. })
                | (What::Leaves, EventKind::Closed)
        )
    }

    fn is_done(&self, call: &ServerCall) -> bool {
        matches!(
            (self.did, call.did),
            (What::IsAccepted, Did::Accepted)
                | (What::IsRead, Did::Read(_))
                | (What::IsAnswered, Did::Sent(_))
                | (What::IsClosed, Did::Closed)
        )
    }
}

/// A part of a run: all of it, if nothing is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Behind this moment.
    from: Option<Moment>,
    /// Up to this one.
    until: Option<Moment>,
}

impl Span {
    /// Its start and its end, in microseconds since 1970; `None` if a moment is not in the run.
    pub(super) fn of(&self, run: &Recorded) -> Option<(u64, u64)> {
        let time = |moment: &Moment| moment.find(run).map(|at| at.time_us);
        let from = match &self.from {
            Some(moment) => time(moment)?,
            None => run.events.first()?.at_us,
        };
        let until = match &self.until {
            Some(moment) => time(moment)?,
            None => run.events.last()?.at_us,
        };
        Some((from, until))
    }

    /// The calls that have ended in it.
    pub(super) fn calls<'a>(&self, run: &'a Recorded) -> Option<Vec<&'a ServerCall>> {
        let (from, until) = self.of(run)?;
        let is_in = |call: &&ServerCall| call.end_us() > from && call.end_us() <= until;
        Some(run.calls.iter().filter(is_in).collect())
    }
}

/// Which of some moments comes first.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct First(BTreeMap<String, Moment>);

impl First {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let mut found = Vec::new();
        for (name, moment) in &self.0 {
            found.push((name, moment.find(run)?));
        }
        found.sort_by_key(|(_, at)| at.time_us);
        let value = Value::from(found.first()?.0.as_str());
        Some(Found { value, seen: found.into_iter().map(|(_, at)| at.seen).collect() })
    }
}
