//! A recording as a film: calls, and moments at which something happens to the kernel's queues, to a client's
//! screen, or to the server.
//!
//! ```text
//! packets.pcap, clients.jsonl ─▶ wire    ─▶ outside ─┐
//! strace.log, server.log      ─▶ serving ────────────┴▶ order ─▶ words ─▶ moments
//! ```
//!
//! The state at a time is what the effects of all moments until then come to. [`Film`] is what the page gets, as JSON.

mod asked;
mod keys;
mod logged;
mod order;
mod outside;
mod serving;
mod sources;
mod step;
mod wire;
mod words;

use std::collections::BTreeMap;
use std::path::Path;

use lens::text::human;
use lens::view::timeline::{Axis, within};
use lens::view::{Did, Recorded, ServerCall};
use serde::Serialize;

use sources::Sources;
use wire::Wires;

/// A recording as a film. All times are in microseconds; 0 is when the second client (or the only one) asks for its
/// connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Film {
    /// The version of this format.
    pub format: u32,
    /// The package of the lab; the folder, for one of the student's own.
    pub server: String,
    /// Its version.
    pub version: String,
    /// The scenario.
    pub scenario: String,
    /// What happens in it.
    pub about: String,
    /// When it was recorded.
    pub date: String,
    /// From when to when the film goes.
    pub window: (i64, i64),
    /// The clients, in the order of their coming.
    pub clients: Vec<String>,
    /// Whether packets were captured. Else the clients' own notes stand in for them.
    pub has_packets: bool,
    /// Whether the lines of the calls, and the source, are known.
    pub has_lines: bool,
    /// The lines of the files that the frames name.
    pub sources: BTreeMap<String, Vec<String>>,
    /// The functions on the way to the calls.
    pub frames: Vec<Frame>,
    /// The calls of the server's main thread, in their order.
    pub calls: Vec<Call>,
    /// What happens, in the order of time.
    pub moments: Vec<Moment>,
    /// Where the film stops and asks.
    pub questions: Vec<Question>,
    /// What is not known, and how well the clocks agree.
    pub notes: Vec<String>,
}

/// A function on the way to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Its name, without its module.
    pub function: String,
    /// The source file, below the top folder of the kit.
    pub file: String,
    /// The line that has called the next function, or the kernel.
    pub line: u32,
}

/// A call of the server's main thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// When it begins.
    pub from: i64,
    /// When it returns.
    pub until: i64,
    /// Such as `recvfrom`.
    pub name: String,
    /// As strace shows it, shortened.
    pub shown: String,
    /// The client for which alone it waits or works.
    pub client: Option<String>,
    /// Whether the thread slept in it.
    pub asleep: bool,
    /// The frames, the outermost first; empty if they are not known.
    pub path: Vec<usize>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: i64,
    /// The client that it is about.
    pub client: Option<String>,
    /// What happens, and what the server does meanwhile.
    pub says: String,
    /// The name of the moment in a list to jump to, if it is in it.
    pub jump: Option<String>,
    /// What it changes, in order.
    pub does: Vec<Effect>,
}

/// What a moment changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the fields say the same in each: whose, how many bytes, the first of them"
)]
pub enum Effect {
    /// The handshake is complete: the client takes a place in the accept queue.
    Queued { client: String },
    /// It leaves the accept queue.
    Accepted { client: String },
    /// It got no connection.
    Refused { client: String },
    /// Bytes arrive in the server's receive buffer. One letter of `data` is one byte.
    Arrived { client: String, bytes: usize, data: String },
    /// The server takes bytes from the front of the receive buffer.
    Read { client: String, bytes: usize },
    /// Bytes enter the server's send buffer.
    Written { client: String, bytes: usize, data: String },
    /// The client's kernel has them: they leave the send buffer.
    Taken { client: String, bytes: usize },
    /// A line on the client's terminal; `typed`, if it stands behind the prompt.
    Screen { client: String, text: String, typed: bool },
    /// A side has closed the connection.
    Gone { client: String, by: Side },
    /// A line of the server's log.
    Log { text: String },
    /// A key has this value now, or is removed.
    Key { key: String, value: Option<String> },
    /// A call begins.
    Begins { call: usize },
    /// A call returns.
    Returns { call: usize },
}

/// A side of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// Where the film stops and asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Its name.
    pub name: String,
    /// When it is asked.
    pub at: i64,
    /// The question.
    pub text: String,
    /// The answers to choose from.
    pub choices: Vec<Choice>,
    /// The place in the sheet that says more.
    pub read: String,
}

/// An answer to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The answer.
    pub text: String,
    /// Whether the recording says so.
    pub right: bool,
    /// The name of the belief behind a wrong one.
    pub misconception: Option<String>,
    /// The belief.
    pub says: Option<String>,
    /// What refutes it.
    pub because: Option<String>,
}

impl Film {
    /// The film of a recording. `kit` is the top folder of the kit, which has the sources.
    #[must_use]
    pub fn new(recorded: &Recorded, kit: &Path) -> Self {
        let axis = Axis::new(recorded);
        let seen = seen(recorded, &axis);
        let mut sources = Sources::new(kit);
        let calls: Vec<Call> =
            seen.iter().map(|call| serving::call(recorded, call, &axis, &mut sources)).collect();
        let wires = Wires::read(recorded, &axis);
        let mut server = serving::steps(recorded, &seen, &calls, &wires, axis.window);
        let expired = logged::place(recorded, &seen, &mut server);
        let expired = keys::follow(&seen, expired, &mut server);
        let (outside, moved) = outside::steps(recorded, &axis, &wires, &server);
        let steps = order::ordered(server.steps, outside, &seen);
        let moments = words::moments(steps, &calls, &seen, (&sources.frames, expired));
        let meta = &recorded.meta;
        let questions = asked::questions(recorded, kit, &moments);
        let mut notes = notes(recorded, (&wires, moved), &sources, &calls);
        let questions = questions.unwrap_or_else(|why| {
            notes.push(format!("The questions cannot be read: {why}"));
            Vec::new()
        });
        Self {
            format: 1,
            server: meta.lab.replace("my-", "work/"),
            version: meta.version.clone(),
            scenario: meta.scenario.clone(),
            about: meta.about.clone(),
            date: meta.date.clone(),
            window: axis.window,
            clients: recorded.clients().into_iter().map(str::to_owned).collect(),
            has_packets: wires.missing.is_none(),
            has_lines: !sources.files.is_empty(),
            sources: sources.files,
            frames: sources.frames,
            calls,
            moments,
            questions,
            notes,
        }
    }
}

/// The calls that the film shows: from the one in which the first client finds the server, to the last one before somebody
/// ends the server.
fn seen<'a>(recorded: &'a Recorded, axis: &'a Axis) -> Vec<&'a ServerCall> {
    let first = recorded.events.first().map_or(0, |event| event.at_us);
    let mut seen: Vec<&ServerCall> =
        within(recorded, axis).skip_while(|call| call.end_us() < first).collect();
    // A signal ends the server: its last call is begun again, and does not return.
    let is_again = |call: &&ServerCall| call.did == Did::NotReturned;
    if seen.iter().rev().nth(1).is_some_and(|call| call.says.starts_with("a signal came")) {
        seen.pop_if(|call| is_again(call));
    }
    seen
}

/// What is not known, and how well the clocks agree.
fn notes(
    recorded: &Recorded,
    (wires, moved): (&Wires, i64),
    sources: &Sources,
    calls: &[Call],
) -> Vec<String> {
    let mut notes: Vec<String> = recorded.clocks().sentences().to_vec();
    if moved > 0 {
        let moved = human(moved);
        notes.push(format!(
            "To show each cause before its effect, the film moves steps by up to {moved}."
        ));
    }
    if let Some(why) = &wires.missing {
        notes.push(format!("There are no packets: {why}."));
        notes.push("The clients' own notes stand in for the packets.".to_owned());
    }
    let lost = recorded.meta.packets.split(", ").find(|part| part.ends_with("dropped by kernel"));
    if let Some(lost) = lost.filter(|lost| !lost.starts_with("0 ")) {
        notes.push(format!(
            "The capture is not whole: {lost}. Buffers may hold more or less than shown."
        ));
    }
    if calls.iter().all(|call| call.path.is_empty()) {
        let why = recorded.meta.lines.strip_prefix("none: ").unwrap_or("the recording has none");
        notes.push(format!("The lines of the calls are not known: {why}."));
    }
    notes.extend(
        sources.changed.iter().map(|file| {
            format!("{file} has changed since the recording, so its source is left out.")
        }),
    );
    if calls.iter().any(|call| call.asleep && lens::view::writes(&call.name)) {
        notes.push(
            "While a call that sends sleeps, no trace tells how many of its bytes the kernel has."
                .to_owned(),
        );
        notes.push(
            "The film counts such bytes when a packet carries them, or when the call returns."
                .to_owned(),
        );
    }
    notes
}
