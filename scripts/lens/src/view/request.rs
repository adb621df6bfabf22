//! One request on its way: the client sends it, it is on the wire, the server reads it, answers, the
//! reply is on the wire, the client has it. Joined from three recordings by the connection and by the
//! place of the bytes in what it has carried: `clients.jsonl`, `packets.pcap`, `strace.log`.

pub mod packets;
pub mod svg;
pub mod text;

use serde::Serialize;
use strum::AsRefStr;

use trace::client_log::{ClientEvent, EventKind};

use super::recorded::{Clocks, Recorded, RecordedError};
use super::server_call::ServerCall;
use super::timeline::{Span, SpanKind};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, AsRefStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Source {
    /// The client itself.
    Client,
    /// tcpdump.
    #[strum(serialize = "tcpdump")]
    Packet,
    /// strace.
    #[strum(serialize = "strace")]
    Call,
    /// Nobody: the server makes no call for it.
    Nobody,
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
        let mut sent: Vec<(&ClientEvent, &str)> = Vec::new();
        for event in recorded.events_of(client) {
            if let EventKind::Sent { text, .. } = &event.what {
                sent.push((event, text));
            }
        }
        let Some((event, text)) = number.checked_sub(1).and_then(|place| sent.get(place)) else {
            let count = sent.len();
            let why = format!("client {client} has sent {count} requests, and no {number}.");
            return Err(failed(why));
        };
        Ok(Self {
            server: recorded.meta.lab.clone(),
            client: client.to_owned(),
            number,
            text: (*text).to_owned(),
            steps: steps(recorded, event),
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

    /// The longest of these times, and the step at its end.
    #[must_use]
    pub fn longest(&self) -> Option<(i64, &Step)> {
        let gaps = self.gaps().into_iter().zip(&self.steps);
        gaps.filter_map(|(gap, step)| Some((gap?, step))).max_by_key(|(gap, _)| *gap)
    }

    /// What passes between its steps, as spans of a timeline that begins when it is sent.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let mut from = 0;
        let mut spans = Vec::new();
        for (step, at) in self.steps.iter().filter_map(|step| Some((step, step.at_us?))) {
            if at > from {
                let (kind, says) = before(step.what);
                spans.push(Span::new(kind, Some(&self.client), (from, at), says));
                from = at;
            }
        }
        spans
    }
}

/// What passes before a step, in words of different length.
fn before(step: &str) -> (SpanKind, [&'static str; 2]) {
    match step {
        ACCEPTS => {
            let words = ["in the accept queue: the server does not accept", "in the queue"];
            (SpanKind::Unaccepted, words)
        }
        READS => (SpanKind::Unread, ["in the receive buffer: the server does not read", "unread"]),
        ANSWERS => (SpanKind::Awake, ["parsed, carried out", "parsed"]),
        _ => (SpanKind::Connect, ["on the way", "way"]),
    }
}

const ACCEPTS: &str = "the server accepts";
const READS: &str = "the server has read it";
const ANSWERS: &str = "the server answers";
const ON_WIRE: &str = "packet on the wire";

fn steps(recorded: &Recorded, sent: &ClientEvent) -> Vec<Step> {
    let is_reply = |event: &&ClientEvent| {
        event.at_us >= sent.at_us && matches!(event.what, EventKind::Received { .. })
    };
    let received = recorded.events_of(&sent.client).find(is_reply);
    let answer = received.and_then(|event| recorded.answer_to(event));
    let packets = Packets::read(recorded);
    let at = |us: u64| i64::try_from(us).unwrap_or(0) - i64::try_from(sent.at_us).unwrap_or(0);
    let packet = |direction, event: Option<&ClientEvent>| {
        let ends = event.map_or(0, |event| recorded.bytes_until(event, bytes(direction)));
        packets.step(ON_WIRE, (sent.port, direction), ends, at)
    };
    let note = |what, event: Option<&ClientEvent>| Step {
        what,
        source: Source::Client,
        at_us: event.map(|event| at(event.at_us)),
        detail: event.map_or_else(|| "it never came".to_owned(), told),
    };
    let call = |what, call: Option<&ServerCall>, us: fn(&ServerCall) -> u64| Step {
        what,
        source: Source::Call,
        at_us: call.map(|call| at(us(call))),
        detail: call.map_or_else(
            || "missing: strace.log has no such call".to_owned(),
            |call| format!("{}: {}", call.name, call.says),
        ),
    };
    // A connection that was accepted long ago is not on the way of this request.
    let accept = recorded.accept_of(sent.port).filter(|call| call.end_us() >= sent.at_us);
    let accepts = accept.map(|accept| call(ACCEPTS, Some(accept), ServerCall::end_us));
    let sends = [note("the client sends", Some(sent)), packet(Direction::ToServer, Some(sent))];
    let serves = [
        call(READS, recorded.read_of(sent), ServerCall::end_us),
        in_memory(),
        call(ANSWERS, answer, |call| call.start_us),
    ];
    let ends = [packet(Direction::ToClient, received), note("the client has the reply", received)];
    sends.into_iter().chain(accepts).chain(serves).chain(ends).collect()
}

fn in_memory() -> Step {
    let detail = "no system call: between these two".to_owned();
    Step { what: "parsed and carried out", source: Source::Nobody, at_us: None, detail }
}

/// How many bytes an event has carried in a direction.
fn bytes(direction: Direction) -> fn(&EventKind) -> usize {
    match direction {
        Direction::ToServer => |what| match what {
            EventKind::Sent { bytes, .. } => *bytes,
            _ => 0,
        },
        Direction::ToClient => |what| match what {
            EventKind::Received { bytes, .. } => *bytes,
            _ => 0,
        },
    }
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
