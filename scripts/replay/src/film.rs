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
mod make;
mod order;
mod outside;
mod serving;
mod sources;
mod step;
mod wire;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;

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
    /// Its name among the answers that `check predict` keeps.
    pub is: String,
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
