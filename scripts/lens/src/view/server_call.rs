//! A call of the server, with all that a picture needs to know about it.

use std::time::Duration;

use serde::Serialize;

use trace::call_paths::Frame;
use trace::explain::say;
use trace::semantics::{Attributed, Event};
use trace::strace::{Call, Class, Line, Text, WAIT};

use crate::text::cut;

/// A call that reads, accepts or watches, and takes longer than this, has slept: under strace, one that
/// finds what it wants takes less (measured: 6 to 75 µs).
const ASLEEP_US: u64 = 200;
/// So many bytes of a call are kept.
const KEPT: usize = 256;
/// An argument is shown up to so many letters.
const LONGEST_ARG: usize = 72;

/// What a call has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// It took a client from the queue.
    Accepted,
    /// It read so many bytes of a client.
    Read(usize),
    /// It sent so many bytes to a client.
    Sent(usize),
    /// It read that the client will say nothing more.
    Left,
    /// It gave the connection back.
    Closed,
    /// It found nothing, and did not wait.
    Nothing,
    /// It has not returned, as far as the trace goes.
    NotReturned,
    /// Anything else.
    Other,
}

/// A call of the server's main thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerCall {
    /// When it began, in microseconds since 1970, as strace noted it.
    pub start_us: u64,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Such as `recvfrom`.
    pub name: String,
    /// The call as strace shows it; long arguments are cut.
    pub shown: String,
    /// What it has done, in words.
    pub says: String,
    /// The port from which the client comes that it was about.
    pub port: Option<u16>,
    /// What it has done.
    pub did: Did,
    /// From where in the source it was made, the outermost function first; empty if that is not known.
    pub path: Vec<Frame>,
    /// Whether it can sleep at all: not on a socket that is non-blocking, nor with a timeout of 0.
    #[serde(skip)]
    pub may_wait: bool,
    /// The requests or replies that have become whole with it, in words; `None` if the trace does not show enough of it.
    #[serde(skip)]
    pub items: Option<Vec<String>>,
    /// The first of the bytes that it has carried.
    #[serde(skip)]
    pub data: Vec<u8>,
}

impl ServerCall {
    pub(super) fn new(
        line: &Line<'_>,
        call: &Call<'_>,
        attributed: &Attributed<'_>,
    ) -> Option<Self> {
        let mut says = String::new();
        match attributed.event {
            Event::Background => says.push_str("not about a client"),
            _ => say(attributed, call, &mut says),
        }
        Some(Self {
            start_us: micros(line.at?),
            took_us: micros(call.took.unwrap_or_default()),
            name: call.name.to_owned(),
            shown: shown(call),
            says,
            port: attributed.client.as_ref().and_then(|client| client.addr).map(|addr| addr.port()),
            did: did(call, &attributed.event),
            path: Vec::new(),
            may_wait: true,
            items: items(call, &attributed.event),
            data: data(call),
        })
    }

    /// When it returned, in microseconds since 1970.
    #[must_use]
    pub fn end_us(&self) -> u64 {
        self.start_us + self.took_us
    }

    /// Whether the thread slept in it.
    #[must_use]
    pub fn is_asleep(&self) -> bool {
        // To send takes longer than to read, without any waiting.
        let limit = if writes(&self.name) { micros(WAIT) } else { ASLEEP_US };
        self.may_wait
            && Class::of(&self.name).may_wait()
            && self.did != Did::Nothing
            && self.took_us >= limit
    }
}

/// What has become whole.
fn items(call: &Call<'_>, event: &Event<'_>) -> Option<Vec<String>> {
    let is_shown = || Text::all_within(call.args.get(1)).0.len() >= call.outcome.count();
    match event {
        Event::Received(payload) => (!payload.is_lost).then(|| payload.items.clone()),
        // Of a request that is cut, the length is known. Where a reply ends, is not.
        Event::Sent { payload, .. } => {
            (!payload.is_lost && is_shown()).then(|| payload.items.clone())
        }
        _ => Some(Vec::new()),
    }
}

fn data(call: &Call<'_>) -> Vec<u8> {
    if !matches!(Class::of(call.name), Class::Read | Class::Write) {
        return Vec::new();
    }
    let (shown, _) = Text::all_within(call.args.get(1));
    shown.iter().copied().take(call.outcome.count().min(KEPT)).collect()
}

/// Whether a call of this name sends.
#[must_use]
pub fn writes(name: &str) -> bool {
    name.starts_with("send") || name.starts_with("write")
}

fn did(call: &Call<'_>, event: &Event<'_>) -> Did {
    match event {
        Event::Accepted(_) => Did::Accepted,
        Event::Received(payload) => Did::Read(payload.bytes),
        Event::Sent { .. } => Did::Sent(call.outcome.count()),
        Event::EndOfStream => Did::Left,
        Event::Closed { .. } => Did::Closed,
        Event::QueueEmpty | Event::NothingToRead | Event::SendBufferFull => Did::Nothing,
        Event::NeverReturned => Did::NotReturned,
        _ => Did::Other,
    }
}

fn shown(call: &Call<'_>) -> String {
    let args: Vec<String> =
        call.args.iter().map(|arg| cut(&String::from_utf8_lossy(arg), LONGEST_ARG)).collect();
    let outcome = match (call.outcome.value, call.outcome.error) {
        (None, _) => "?".to_owned(),
        (Some(value), "") => value.to_string(),
        (Some(value), error) => format!("{value} {error}"),
    };
    format!("{}({}) = {outcome}", call.name, args.join(", "))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
