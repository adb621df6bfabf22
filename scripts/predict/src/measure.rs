//! What decides a prediction: a closed set of measures of a run. A question names one of them, with its parameters.

use lens::view::Recorded;
use serde::Deserialize;

mod at_once;
mod count;
mod fate;
mod moment;
mod named;
mod packets;
mod reply;
mod seen;
mod sleep;
mod value;

pub use moment::{Moment, What};
pub use seen::Seen;
pub use value::Value;

/// A measure, with its parameters.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// How a client fares while another one holds its connection.
    Fate(fate::Fate),
    /// Which of some moments comes first: its name.
    First(moment::First),
    /// How many calls do something, or how many bytes they carry.
    Count(count::Count),
    /// In which call the server sleeps longest, and what ends this sleep.
    Sleep(sleep::Sleep),
    /// Which part of the time the server does not sleep, in percent.
    Awake(sleep::Awake),
    /// How many clients are served at the same time, at most.
    AtOnce,
    /// How many packets the kernel sends to a client.
    Packets(packets::Packets),
    /// What a client receives.
    Reply(reply::Reply),
    /// How often a call of this name is made, by any thread.
    Named(named::Named),
}

/// What a measure has found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The value that selects a choice.
    pub value: Value,
    /// What decides, in the order of time.
    pub seen: Vec<Seen>,
}

impl Measure {
    /// Measures a run; `None` if it does not tell.
    #[must_use]
    pub fn of(&self, run: &Recorded) -> Option<Found> {
        match self {
            Self::Fate(fate) => fate.of(run),
            Self::First(first) => first.of(run),
            Self::Count(count) => count.of(run),
            Self::Sleep(sleep) => sleep.of(run),
            Self::Awake(awake) => awake.of(run),
            Self::AtOnce => at_once::of(run),
            Self::Packets(packets) => packets.of(run),
            Self::Reply(reply) => reply.of(run),
            Self::Named(named) => named.of(run),
        }
    }
}
