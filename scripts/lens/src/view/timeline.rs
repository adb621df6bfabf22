//! One recording on a time axis: a lane for each client, two for what the kernel keeps for the server,
//! and two for the server's thread.
//!
//! Every span comes from what was recorded: from the notes of a client, from the server's calls, or, in
//! the kernel's lanes, from both: a connection waits from the moment when its client is connected until
//! the call that accepts it returns; bytes wait from the moment when they are sent until the call that
//! reads the last of them returns. Time 0 is when the second client asks for its connection.

mod axis;
mod clients;
mod facts;
mod server;
mod span;
pub mod svg;
pub mod text;

use serde::Serialize;

use super::recorded::{Clocks, Recorded, RecordedError};

pub use axis::Axis;
pub use facts::{Facts, Slept};
pub use server::{for_whom, waits_for, within};
pub use span::{Lane, LaneKind, Span, SpanKind};

/// More clients than this have no room.
const MOST_CLIENTS: usize = 6;
/// A longer run has no milliseconds to see.
const MOST_SECONDS: i64 = 60;
/// So much of the time before the first client and after the last is of interest, in microseconds.
const MARGIN_US: i64 = 15_000;

/// A recording on a time axis. All times are in microseconds, from the moment when the second client
/// (or the only one) asks for its connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// The package of the lab, or `redis-server`.
    pub server: String,
    /// Its version.
    pub version: String,
    /// The scenario.
    pub scenario: String,
    /// What happens in it.
    pub about: String,
    /// When it was recorded.
    pub date: String,
    /// Time 0, in microseconds since 1970.
    pub zero_us: u64,
    /// From when to when it is of interest.
    pub window: (i64, i64),
    /// The lanes, from top to bottom.
    pub lanes: Vec<Lane>,
    /// What it comes to.
    pub facts: Facts,
    /// How well its clocks agree.
    pub clocks: Clocks,
}

impl Timeline {
    /// Puts a recording on a time axis.
    ///
    /// # Errors
    /// If there are too many clients, or it goes on for too long.
    pub fn new(recorded: &Recorded) -> Result<Self, RecordedError> {
        let (folder, count) = (recorded.folder.clone(), recorded.clients().len());
        if count > MOST_CLIENTS {
            return Err(RecordedError::TooMany { folder, count, most: MOST_CLIENTS });
        }
        let axis = Axis::new(recorded);
        let seconds = (axis.window.1 - axis.window.0) / 1_000_000;
        if seconds > MOST_SECONDS {
            return Err(RecordedError::TooLong { folder, seconds, most: MOST_SECONDS });
        }
        let mut lanes = clients::lanes(recorded, &axis);
        lanes.extend(server::lanes(recorded, &axis));
        let meta = recorded.meta.clone();
        Ok(Self {
            server: meta.lab,
            version: meta.version,
            scenario: meta.scenario,
            about: meta.about,
            date: meta.date,
            zero_us: axis.zero_us,
            window: axis.window,
            lanes,
            facts: Facts::new(recorded, &axis),
            clocks: recorded.clocks(),
        })
    }

    /// The names of the clients, in the order of their coming.
    #[must_use]
    pub fn clients(&self) -> Vec<String> {
        let lanes = self.lanes.iter().filter(|lane| lane.kind == LaneKind::Client);
        let spans = lanes.filter_map(|lane| lane.spans.first());
        spans.filter_map(|span| span.client.clone()).collect()
    }

    /// All spans, with their lanes.
    pub fn spans(&self) -> impl Iterator<Item = (&Lane, &Span)> {
        self.lanes.iter().flat_map(|lane| lane.spans.iter().map(move |span| (lane, span)))
    }
}

/// From when to when all of them are of interest; `None` if there is none.
fn whole_run(timelines: &[Timeline]) -> Option<(i64, i64)> {
    let windows = timelines.iter().map(|timeline| timeline.window);
    windows.reduce(|all, of| (all.0.min(of.0), all.1.max(of.1)))
}

/// What the shapes of a timeline mean: a kind of span, whether it is about a client, and its words.
fn legend() -> [(SpanKind, bool, &'static str); 7] {
    [
        (SpanKind::Connect, true, "connects"),
        (SpanKind::Waiting, true, "waits"),
        (SpanKind::Served, true, "is served, the thread is awake for it"),
        (SpanKind::Idle, true, "silent"),
        (SpanKind::Unread, true, "kept by the kernel"),
        (SpanKind::Asleep, true, "asleep"),
        (SpanKind::Awake, false, "awake for no client"),
    ]
}
