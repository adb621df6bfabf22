//! Small logs, written by hand, of a server with two clients.

use std::time::Duration;

use grade::rules::{Judged, Rule, Trace, Verdict};
use trace::client_log::{ClientEvent, EventKind};

/// When all logs begin, in seconds since 1970.
const BEGIN: u64 = 1_795_675_000;
/// The server's process.
const SERVER: i32 = 7;
pub(crate) const PORT_OF_A: u16 = 40001;
pub(crate) const PORT_OF_B: u16 = 40002;

/// What the server does in all of them before its first client comes, and at its end.
const LISTENS: &str = "7 0 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3<TCP:[901]> <0.000010>";
const ENDS: &str = "7 3000 +++ exited with 0 +++";

/// A log and the clients that belong to it.
#[derive(Clone)]
pub(crate) struct Small {
    log: String,
    clients: Vec<ClientEvent>,
    pulse: Duration,
}

impl Small {
    /// Each line is a thread, a time in milliseconds, and a call. `{L}` is the socket that listens, `{A}` and `{B}` are the
    /// clients' connections. A is connected for a second, and B comes after 200 ms.
    pub(crate) fn new(lines: &[&str]) -> Self {
        let all = [&[LISTENS], lines, &[ENDS]].concat();
        Self {
            log: all.into_iter().map(line).collect(),
            clients: two_clients(),
            pulse: Duration::ZERO,
        }
    }

    /// The same with other clients.
    pub(crate) fn clients(self, clients: Vec<ClientEvent>) -> Self {
        Self { clients, ..self }
    }

    /// The same on a busy machine.
    pub(crate) fn busy(self) -> Self {
        Self { pulse: Duration::from_millis(300), ..self }
    }

    /// The same, without the end of the log.
    pub(crate) fn cut(self) -> Self {
        Self { log: self.log.replace(&line(ENDS), ""), ..self }
    }

    pub(crate) fn judge(&self, rule: Rule) -> Judged {
        let Self { log, clients, pulse } = self;
        rule.judge(&Trace { log: log.as_bytes(), clients, main_thread: SERVER, pulse: *pulse })
    }

    /// The rule must hold.
    pub(crate) fn holds(&self, rule: Rule) {
        let judged = self.judge(rule);
        assert_eq!(judged.verdict, Verdict::Holds, "{judged:#?}\n{}", self.log);
        assert!(judged.sentence.is_empty() && judged.lines.is_empty());
    }

    /// The rule must be broken, with this sentence; the first line that proves it means this.
    pub(crate) fn breaks(&self, rule: Rule, sentence: &str, meaning: &str) {
        let judged = self.judge(rule);
        assert_eq!(judged.verdict, Verdict::Broken, "{}", self.log);
        assert_eq!(judged.sentence, sentence);
        assert_eq!(judged.lines.first().unwrap().meaning, meaning);
    }

    /// Nothing can be said, for this reason.
    pub(crate) fn is_unknown(&self, rule: Rule, reason: &str) {
        let judged = self.judge(rule);
        let Verdict::Unknown(why) = &judged.verdict else { panic!("{judged:#?}\n{}", self.log) };
        assert!(why.contains(reason), "{why}");
    }
}

fn line(text: &str) -> String {
    let (thread, rest) = text.split_once(' ').unwrap();
    let (at, rest) = rest.split_once(' ').unwrap();
    let at: u64 = at.parse().unwrap();
    let rest = rest.replace("{L}", "3<TCP:[127.0.0.1:6379]>");
    let rest = rest.replace("{A}", "5<TCP:[127.0.0.1:6379->127.0.0.1:40001]>");
    let rest = rest.replace("{B}", "6<TCP:[127.0.0.1:6379->127.0.0.1:40002]>");
    format!("{thread}  {}.{:03}000 {rest}\n", BEGIN + at / 1000, at % 1000)
}

/// What a client notes after so many milliseconds.
pub(crate) fn event(at_ms: u64, client: &str, what: EventKind) -> ClientEvent {
    let port = if client == "A" { PORT_OF_A } else { PORT_OF_B };
    ClientEvent { at_us: BEGIN * 1_000_000 + at_ms * 1000, client: client.to_owned(), port, what }
}

pub(crate) fn sent() -> EventKind {
    EventKind::Sent { bytes: 14, text: "PING".to_owned() }
}

pub(crate) fn received() -> EventKind {
    EventKind::Received { bytes: 7, replies: 1, waited_us: 100, text: "PONG".to_owned() }
}

/// A asks, and is silent until it leaves; B comes meanwhile, asks, and leaves.
pub(crate) fn two_clients() -> Vec<ClientEvent> {
    vec![
        event(10, "A", EventKind::Connected),
        event(11, "A", sent()),
        event(15, "A", received()),
        event(200, "B", EventKind::Connected),
        event(201, "B", sent()),
        event(205, "B", received()),
        event(206, "B", EventKind::Closed),
        event(1000, "A", EventKind::Closed),
    ]
}
