//! A line of evidence: something that the server or a client has done, when, and what it means.

use std::fmt::Write as _;
use std::time::Duration;

use codec::printable;
use harness::text::{COLUMNS, wrap};
use lens::view::{Did, Recorded, ServerCall};
use trace::client_log::{ClientEvent, EventKind};
use trace::duration::Human;
use trace::explain;
use trace::semantics::Client;

use super::Value;
use super::sleep::limit;

/// Where the sentence begins: behind the time, the duration, and who it was.
const MARGIN: usize = 32;

/// Something that was seen in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// When it began, in microseconds since 1970; `None` for what holds of the whole run.
    pub at_us: Option<u64>,
    /// How long it took, in microseconds.
    took_us: Option<u64>,
    /// The call, or the client.
    by: String,
    /// What it means, in a sentence.
    says: String,
}

impl Seen {
    /// A fact about the whole run.
    pub(super) fn fact(by: &str, says: String) -> Self {
        Self { at_us: None, took_us: None, by: by.to_owned(), says }
    }

    /// Something at a moment that is neither a call nor a note of a client.
    pub(super) fn at(at_us: u64, by: &str, says: String) -> Self {
        Self { at_us: Some(at_us), ..Self::fact(by, says) }
    }

    /// A call of the server.
    pub(super) fn call(run: &Recorded, call: &ServerCall) -> Self {
        let mut says = String::new();
        if call.is_asleep() && call.did != Did::NotReturned {
            let name = call.port.and_then(|port| run.name_of(port));
            let client =
                name.filter(|_| matches!(call.did, Did::Read(_) | Did::Sent(_) | Did::Left));
            let client = client.map(|name| Client {
                number: 0,
                name: format!("client {name}").into(),
                addr: None,
            });
            let took = Duration::from_micros(call.took_us);
            explain::wait(&call.name, client.as_ref(), Some(took), &mut says);
            says.push_str("; then: ");
        }
        says.push_str(&call.says);
        match limit(call) {
            Some(Value::Number(limit)) => _ = write!(says, " (timeout {limit} ms)"),
            Some(Value::Word(_)) => says.push_str(" (timeout -1)"),
            None => {}
        }
        Self {
            at_us: Some(call.start_us),
            took_us: Some(call.took_us),
            by: call.name.clone(),
            says,
        }
    }

    /// What a client has noted.
    pub(super) fn note(event: &ClientEvent) -> Self {
        let says = match &event.what {
            EventKind::Connecting => "asks for a connection".to_owned(),
            EventKind::Connected => "is connected, says the kernel".to_owned(),
            EventKind::Sent { text, .. } => format!("sends {}", without_end(text)),
            EventKind::Received { replies, waited_us, text, .. } => {
                let what = if *replies == 1 { text.clone() } else { format!("{replies} replies") };
                let waited = Duration::from_micros(*waited_us);
                format!("has its answer after {}: {what}", Human(waited))
            }
            EventKind::Unexpected { expected, got } => format!("expected {expected}, got {got}"),
            EventKind::GaveUp { step, why } => format!("gives up ({step}): {why}"),
            EventKind::Closed => "closes its side".to_owned(),
        };
        Self { at_us: Some(event.at_us), ..Self::fact(&format!("client {}", event.client), says) }
    }

    /// The line, for a terminal. `zero_us` is the start of the run.
    pub(crate) fn line(&self, zero_us: u64) -> String {
        let at = self.at_us.map(|at| milliseconds(at.abs_diff(zero_us), at < zero_us));
        let took = self.took_us.map(|took| Human(Duration::from_micros(took)).to_string());
        let (at, took) = (at.unwrap_or_default(), took.unwrap_or_default());
        let (by, says) = (printable::one_line(&self.by), printable::one_line(&self.says));
        let row = format!("{at:>9} {took:>8}  {by:<12}");
        let width = COLUMNS - MARGIN;
        let lines = wrap(&says, width, "").join(&format!("\n{:MARGIN$}", ""));
        format!("{row:MARGIN$}{lines}")
    }
}

/// The bytes of a request in quotes end in what stands for a line break, which says nothing.
fn without_end(text: &str) -> &str {
    text.trim_end_matches("\\n").trim_end_matches("\\r")
}

fn milliseconds(us: u64, is_before: bool) -> String {
    let sign = if is_before { "-" } else { "" };
    format!("{sign}{}.{}", us / 1_000, us / 100 % 10)
}
