//! Words for the steps: one sentence or two about each moment, of at most 25 words together.

mod calls;

use codec::printable;
use lens::text::{counted, cut, human};
use lens::view::ServerCall;

use super::step::{Step, What};
use super::{Call, Effect, Frame, Moment};

/// A moment may have so many words.
const MOST_WORDS: usize = 25;
/// A text of a client is shown up to so many letters.
const LONGEST: usize = 44;

/// Where the server is.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// The call that it is in.
    inside: Option<usize>,
    /// The last call that has returned.
    last: Option<usize>,
}

/// All that the words need to know.
struct Told<'a> {
    calls: &'a [Call],
    seen: &'a [&'a ServerCall],
    frames: &'a [Frame],
    /// The keys that have expired, each with the call by which that is known.
    expired: Vec<(usize, String)>,
    place: Place,
    /// When each client has come into the accept queue.
    queued: Vec<(String, i64)>,
    /// The clients that have a reply.
    answered: Vec<String>,
}

/// The moments of the steps.
pub(super) fn moments(
    steps: Vec<Step>,
    calls: &[Call],
    seen: &[&ServerCall],
    (frames, expired): (&[Frame], Vec<(usize, String)>),
) -> Vec<Moment> {
    let (queued, answered) = (Vec::new(), Vec::new());
    let place = Place::default();
    let mut told = Told { calls, seen, frames, expired, place, queued, answered };
    steps.into_iter().map(|step| told.moment(step)).collect()
}

impl Told<'_> {
    fn moment(&mut self, step: Step) -> Moment {
        for effect in &step.does {
            match effect {
                Effect::Begins { call } => self.place.inside = Some(*call),
                Effect::Returns { call } => {
                    self.place = Place { inside: None, last: Some(*call) };
                }
                Effect::Queued { client } => self.queued.push((client.clone(), step.at)),
                _ => {}
            }
        }
        let expired = self.expires(&step);
        let mut says = match step.what {
            What::Falls(call) => self.falls(call),
            What::Calls(call) | What::Wakes(call) => self.returns(call, &step),
            _ => self.outside(&step),
        };
        if let Some(key) = &expired {
            says.insert(says.len().min(1), format!("The key {key} has expired, now or before."));
        }
        let jump = self.jump(&step, expired);
        let says = printable::one_line(&fitting(&says)).replace("….", "…");
        Moment { at: step.at, client: step.client, says, jump, does: step.does }
    }

    /// The key that has expired when a call of this step returns.
    fn expires(&self, step: &Step) -> Option<String> {
        let returns = |call| step.does.contains(&Effect::Returns { call });
        let known = self.expired.iter().find(|(call, _)| returns(*call));
        known.map(|(_, key)| brief(key))
    }

    /// What happens outside the server, and then what the server does meanwhile.
    fn outside(&self, step: &Step) -> Vec<String> {
        let name = step.client.as_deref().unwrap_or("A client");
        let first = match &step.what {
            What::Asks => format!("{name} asks for a connection and does not get one at once."),
            What::Connects => format!("{name} connects and waits in the accept queue."),
            What::Refused(why) => format!("{name} gets no connection: {}.", brief(why)),
            What::Sends(text) => {
                format!("{name} sends {}, which does not arrive at once.", brief(text))
            }
            What::Arrives(bytes, Some(text)) => {
                format!("{}: {}.", arrives(name, *bytes), brief(text))
            }
            What::Arrives(bytes, None) => format!("{}.", arrives(name, *bytes)),
            What::Flows => flows(name, step),
            What::Receives(text, replies, waited_us) => {
                let waited = human(*waited_us);
                match replies {
                    0 | 1 => {
                        format!("{name} has its reply after {waited}: {}.", brief(text))
                    }
                    more => format!("{name} has its {more} replies after {waited}."),
                }
            }
            What::Leaves => format!("{name} closes its connection."),
            What::Notes(text) => format!("{name} {}.", brief(text)),
            What::Falls(_) | What::Calls(_) | What::Wakes(_) => String::new(),
        };
        vec![first, self.meanwhile()]
    }

    /// What the server does meanwhile.
    fn meanwhile(&self) -> String {
        if let Some(call) = self.place.inside {
            let asleep = self.calls.get(call).is_some_and(|call| call.asleep);
            let is = if asleep { "sleeps in" } else { "works in" };
            return format!("The server {is} {}, {}.", self.at(call), self.for_whom(call));
        }
        let next = self.place.last.map_or(0, |last| last + 1);
        let lines = self.place.last.and_then(|last| self.line(last)).zip(self.line(next));
        match lines {
            Some((from, to)) if from != to => {
                format!("The server is awake, between {from} and {to}.")
            }
            Some((line, _)) => format!("The server is awake, between two calls at {line}."),
            None => "The server is awake.".to_owned(),
        }
    }

    fn jump(&mut self, step: &Step, gone: Option<String>) -> Option<String> {
        if let Some(key) = gone {
            return Some(format!("the key {key} expires"));
        }
        let client = step.client.as_deref()?;
        let is = |kind: fn(&Effect) -> bool| step.does.iter().any(kind);
        let says = if is(|effect| matches!(effect, Effect::Queued { .. })) {
            "connects"
        } else if is(|effect| matches!(effect, Effect::Accepted { .. })) {
            "is accepted"
        } else if matches!(step.what, What::Receives(..)) {
            if self.answered.iter().any(|known| known == client) {
                return None;
            }
            self.answered.push(client.to_owned());
            "has its reply"
        } else if step.what == What::Leaves {
            "leaves"
        } else {
            return None;
        };
        Some(format!("{client} {says}"))
    }
}

/// The first words of a text of a client.
fn brief(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = match words.get(..MOST_WORDS / 3) {
        Some(first) if first.len() < words.len() => first.join(" ") + " …",
        _ => text.to_owned(),
    };
    cut(&text, LONGEST)
}

/// `B's 9 bytes arrive`
fn arrives(name: &str, bytes: usize) -> String {
    format!("{name}'s {} arrive{}", counted(bytes, "byte"), if bytes == 1 { "s" } else { "" })
}

fn flows(name: &str, step: &Step) -> String {
    let sum = |of: fn(&Effect) -> usize| step.does.iter().map(of).sum::<usize>();
    let taken = sum(|effect| if let Effect::Taken { bytes, .. } = effect { *bytes } else { 0 });
    let written = sum(|effect| if let Effect::Written { bytes, .. } = effect { *bytes } else { 0 });
    match (written, taken) {
        (0, taken) => format!("{name}'s kernel confirms {} of the reply.", counted(taken, "byte")),
        (written, 0) => format!("The kernel sends {} more to {name}.", counted(written, "byte")),
        (_, taken) => format!("{name}'s kernel gets {} more.", counted(taken, "byte")),
    }
}

/// As many of the sentences as fit, the first ones first.
fn fitting(says: &[String]) -> String {
    let (mut text, mut words) = (String::new(), 0);
    for sentence in says.iter().filter(|sentence| !sentence.is_empty()) {
        let more = sentence.split_whitespace().count();
        if words > 0 && words + more > MOST_WORDS {
            continue;
        }
        words += more;
        text.push_str(if text.is_empty() { "" } else { " " });
        text.push_str(sentence);
    }
    text
}
