//! What a client receives.

use lens::view::Recorded;
use serde::Deserialize;
use trace::client_log::{ClientEvent, EventKind};

use super::{Found, Seen, Value};

/// Its n-th answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Which client.
    to: String,
    /// Its how manieth answer.
    nth: usize,
    /// What of it.
    tell: Tell,
    /// Another answer to show, because the question compares them.
    beside: Option<usize>,
}

/// What is told of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tell {
    /// The number that it is.
    Number,
    /// How many bytes it has.
    Bytes,
    /// Of how many replies it consists.
    Replies,
    /// How long the client has waited for it, in milliseconds.
    WaitedMs,
}

impl Reply {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let answer = self.answer(run, self.nth)?;
        let EventKind::Received { bytes, replies, waited_us, text } = &answer.what else {
            return None;
        };
        let value = match self.tell {
            Tell::Number => Value::Number(text.parse().ok()?),
            Tell::Bytes => Value::from(*bytes),
            Tell::Replies => Value::from(*replies),
            Tell::WaitedMs => Value::Number(waited_us / 1_000),
        };
        let beside = self.beside.and_then(|nth| self.answer(run, nth));
        let seen = beside.into_iter().chain([answer]).flat_map(|answer| exchange(run, answer));
        Some(Found { value, seen: seen.collect() })
    }

    fn answer<'a>(&'a self, run: &'a Recorded, nth: usize) -> Option<&'a ClientEvent> {
        let is_answer = |event: &&ClientEvent| matches!(event.what, EventKind::Received { .. });
        run.events_of(&self.to).filter(is_answer).nth(nth.checked_sub(1)?)
    }
}

/// What was asked, the call that answered it, and the answer.
fn exchange(run: &Recorded, answer: &ClientEvent) -> Vec<Seen> {
    let before = run.events_of(&answer.client).filter(|event| event.at_us < answer.at_us);
    let question = before.filter(|event| matches!(event.what, EventKind::Sent { .. })).last();
    let call = run.answer_to(answer).map(|call| Seen::call(run, call));
    question.map(Seen::note).into_iter().chain(call).chain([Seen::note(answer)]).collect()
}
