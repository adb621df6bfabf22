//! How many calls do something, or how many bytes they carry.

use lens::view::{Did, Recorded, ServerCall};
use serde::Deserialize;
use trace::strace::Class;

use super::moment::Span;
use super::sleep::limit;
use super::{Found, Seen, Value};

/// Which calls count, and what of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// What the calls are for.
    calls: Role,
    /// For which client; for any, if none is named.
    of: Option<String>,
    /// What came of them; anything, if it is not said.
    got: Option<Got>,
    /// The waits that may take so long, in milliseconds.
    limit_ms: Option<u64>,
    /// What is counted.
    #[serde(default)]
    tell: Tell,
    /// In which part of the run.
    #[serde(default)]
    within: Span,
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Accept,
    Read,
    Write,
    Wait,
    Any,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Got {
    /// A client, bytes, or a socket that is ready.
    Something,
    /// Nothing, without a sleep for it, or after the time that it may take.
    Nothing,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tell {
    #[default]
    Calls,
    /// The bytes of all of them.
    Bytes,
    /// The calls between two waits, at most.
    InARow,
}

/// What a call is for, by its name.
fn role(call: &ServerCall) -> Role {
    match Class::of(&call.name) {
        Class::Accept => Role::Accept,
        Class::Read => Role::Read,
        Class::Write => Role::Write,
        Class::Epoll | Class::Poll => Role::Wait,
        _ => Role::Any,
    }
}

fn got(call: &ServerCall) -> Got {
    match call.did {
        Did::Accepted | Did::Read(_) | Did::Sent(_) | Did::Closed => Got::Something,
        Did::Other if ready(call) > 0 => Got::Something,
        _ => Got::Nothing,
    }
}

/// A wait says how many sockets are ready.
fn ready(call: &ServerCall) -> i64 {
    let outcome = call.shown.rsplit(") = ").next().unwrap_or_default();
    outcome.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

impl Count {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let port = match &self.of {
            Some(client) => Some(run.events_of(client).next()?.port),
            None => None,
        };
        let is_counted = |call: &ServerCall| {
            (self.calls == Role::Any || role(call) == self.calls)
                && (port.is_none() || call.port == port)
                && self.got.is_none_or(|wanted| got(call) == wanted)
                && self.limit_ms.is_none_or(|wanted| limit(call) == Some(Value::Number(wanted)))
        };
        let calls = self.within.calls(run)?;
        let counted: Vec<&ServerCall> =
            calls.iter().copied().filter(|call| is_counted(call)).collect();
        let (value, told) = match self.tell {
            Tell::Calls => (counted.len(), counted),
            Tell::Bytes => (counted.iter().map(|call| bytes(call)).sum(), counted),
            Tell::InARow => in_a_row(&calls, is_counted),
        };
        let mut seen: Vec<Seen> = told.iter().map(|call| Seen::call(run, call)).collect();
        if told.is_empty() {
            // What happened in place of it.
            let (from, until) = self.within.of(run)?;
            let is_around = |call: &&ServerCall| call.end_us() > from && call.start_us < until;
            seen.extend(run.calls.iter().filter(is_around).map(|call| Seen::call(run, call)));
            seen.push(Seen::fact("in sum", "no such call".to_owned()));
        } else if self.tell == Tell::InARow {
            seen.push(Seen::fact("in sum", format!("{value} between two waits, at most")));
        }
        Some(Found { value: Value::from(value), seen })
    }
}

/// The longest part without a wait: how many of its calls count, and these calls with the waits around them.
fn in_a_row<'a>(
    calls: &[&'a ServerCall],
    is_counted: impl Fn(&ServerCall) -> bool,
) -> (usize, Vec<&'a ServerCall>) {
    let (mut start, mut longest) = (0, (0, Vec::new()));
    for part in calls.split(|call| role(call) == Role::Wait) {
        let end = start + part.len();
        let counted: Vec<&ServerCall> =
            part.iter().copied().filter(|call| is_counted(call)).collect();
        if counted.len() > longest.0 {
            let before = start.checked_sub(1).and_then(|before| calls.get(before));
            let around = before.into_iter().chain(calls.get(end)).copied();
            longest = (counted.len(), counted.iter().copied().chain(around).collect());
        }
        start = end + 1;
    }
    longest
}

fn bytes(call: &ServerCall) -> usize {
    match call.did {
        Did::Read(bytes) | Did::Sent(bytes) => bytes,
        _ => 0,
    }
}
