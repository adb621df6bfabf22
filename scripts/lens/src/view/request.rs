//! The life of one request: the client sends it, it is on the wire, the server reads it, answers, the
//! reply is on the wire, the client has it. Joined from three recordings by the connection and by the
//! place of the bytes in what it has carried: `clients.jsonl`, `packets.pcap`, `strace.log`.

pub(crate) mod packets;
pub mod svg;
pub mod text;

use serde::Serialize;

use trace::client_log::{ClientEvent, EventKind};

use super::recorded::{Clocks, Recorded, RecordedError};
use super::server_call::ServerCall;

use packets::{Direction, Packets};

/// A request on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The package of the lab, or `redis-server`.
    pub server: String,
    /// Which client's.
    pub client: String,
    /// Which of its requests, from 1.
    pub number: usize,
    /// What it says.
    pub text: String,
    /// Where it was, in the order of its way.
    pub steps: Vec<Step>,
    /// How well the clocks agree.
    pub clocks: Clocks,
}

/// One place on the way of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What happens there, in a few words.
    pub what: &'static str,
    /// Who has noted it.
    pub source: Source,
    /// When, in microseconds since the client sent it; `None` if nobody has noted it.
    pub at_us: Option<i64>,
    /// What was noted, or why nothing was.
    pub detail: String,
}

/// Who has noted a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The client itself.
    Client,
    /// tcpdump.
    Packet,
    /// strace.
    Call,
    /// Nobody: the server makes no call for it.
    Nobody,
}

impl Source {
    /// Whose notes they are.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Packet => "tcpdump",
            Self::Call => "strace",
            Self::Nobody => "nobody",
        }
    }
}

impl Request {
    /// Finds a request: the `number`-th, from 1, of `client`, or of the second client.
    ///
    /// # Errors
    /// If there is none.
    pub fn find(
        recorded: &Recorded,
        client: Option<&str>,
        number: usize,
    ) -> Result<Self, RecordedError> {
        let failed = |why| RecordedError::NoRequest { folder: recorded.folder.clone(), why };
        let clients = recorded.clients();
        let client = client.or(clients.get(1).or(clients.first()).copied()).unwrap_or_default();
        if !clients.contains(&client) {
            let known = clients.join(", ");
            return Err(failed(format!("there is no client '{client}': take one of {known}")));
        }
        let events: Vec<&ClientEvent> = recorded.events_of(client).collect();
        let is_sent = |event: &&&ClientEvent| matches!(event.what, EventKind::Sent { .. });
        let count = events.iter().filter(is_sent).count();
        let Some(sent) =
            number.checked_sub(1).and_then(|skip| events.iter().filter(is_sent).nth(skip))
        else {
            return Err(failed(format!(
                "client {client} has sent {count} requests, and no {number}."
            )));
        };
        let is_reply = |event: &&&ClientEvent| {
            event.at_us >= sent.at_us && matches!(event.what, EventKind::Received { .. })
        };
        let received = events.iter().find(is_reply).copied();
        let EventKind::Sent { text, .. } = &sent.what else { return Err(failed(String::new())) };
        Ok(Self {
            server: recorded.meta.lab.clone(),
            client: client.to_owned(),
            number,
            text: text.clone(),
            steps: steps(recorded, sent, received),
            clocks: recorded.clocks(),
        })
    }

    /// How long it took from step to step, in microseconds: what lies between two times that are known.
    #[must_use]
    pub fn gaps(&self) -> Vec<Option<i64>> {
        let mut last = None;
        let gap = |step: &Step| {
            let gap = step.at_us.zip(last).map(|(at, last): (i64, i64)| at - last);
            last = step.at_us.or(last);
            gap
        };
        self.steps.iter().map(gap).collect()
    }
}

fn steps(recorded: &Recorded, sent: &ClientEvent, received: Option<&ClientEvent>) -> Vec<Step> {
    let packets = Packets::read(recorded);
    let at = |us: u64| i64::try_from(us).unwrap_or(0) - i64::try_from(sent.at_us).unwrap_or(0);
    let read = recorded.read_of(sent);
    let answer = received.and_then(|event| recorded.answer_to(event));
    let mut steps = vec![note("the client sends", Some(sent), at, &told(sent))];
    let request_ends = recorded.bytes_until(sent, sent_bytes);
    steps.push(packets.step(
        "packet on the wire",
        sent.port,
        Direction::ToServer,
        request_ends,
        at,
    ));
    // A connection that was accepted long ago is not on the way of this request.
    let accept = recorded.accept_of(sent.port).filter(|call| call.end_us() >= sent.at_us);
    if let Some(accept) = accept {
        steps.push(call("the server accepts", Some(accept), accept.end_us(), at));
    }
    steps.push(call("the server has read it", read, read.map_or(0, ServerCall::end_us), at));
    steps.push(Step {
        what: "parsed and carried out",
        source: Source::Nobody,
        at_us: None,
        detail: "no system call: between these two".to_owned(),
    });
    steps.push(call("the server answers", answer, answer.map_or(0, |call| call.start_us), at));
    let reply_ends = received.map_or(0, |event| recorded.bytes_until(event, received_bytes));
    steps.push(packets.step("packet on the wire", sent.port, Direction::ToClient, reply_ends, at));
    let text = received.map_or_else(|| "it never came".to_owned(), told);
    steps.push(note("the client has the reply", received, at, &text));
    steps
}

fn sent_bytes(what: &EventKind) -> usize {
    if let EventKind::Sent { bytes, .. } = what { *bytes } else { 0 }
}

fn received_bytes(what: &EventKind) -> usize {
    if let EventKind::Received { bytes, .. } = what { *bytes } else { 0 }
}

fn told(event: &ClientEvent) -> String {
    match &event.what {
        EventKind::Sent { bytes, text } | EventKind::Received { bytes, replies: 1, text, .. } => {
            format!("{text} ({bytes} bytes)")
        }
        EventKind::Received { bytes, replies, .. } => format!("{replies} replies ({bytes} bytes)"),
        _ => String::new(),
    }
}

fn note(
    what: &'static str,
    event: Option<&ClientEvent>,
    at: impl Fn(u64) -> i64,
    detail: &str,
) -> Step {
    let at_us = event.map(|event| at(event.at_us));
    Step { what, source: Source::Client, at_us, detail: detail.to_owned() }
}

fn call(what: &'static str, call: Option<&ServerCall>, us: u64, at: impl Fn(u64) -> i64) -> Step {
    let detail = call.map_or_else(
        || "missing: strace.log has no such call".to_owned(),
        |call| format!("{}: {}", call.name, call.says),
    );
    Step { what, source: Source::Call, at_us: call.map(|_| at(us)), detail }
}
