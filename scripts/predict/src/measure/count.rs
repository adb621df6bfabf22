//! How many calls do something, or how many bytes they carry.

use lens::view::{Did, Recorded, ServerCall};
use serde::Deserialize;
use trace::strace::Class;

use super::moment::Span;
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
        // A wait says how many sockets are ready.
        Did::Other if !call.shown.ends_with(" = 0") => Got::Something,
        _ => Got::Nothing,
    }
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
        };
        let calls = self.within.calls(run)?;
        let counted: Vec<&ServerCall> =
            calls.iter().copied().filter(|call| is_counted(call)).collect();
        let (value, told) = match self.tell {
            Tell::Calls => (counted.len(), counted),
            Tell::Bytes => (counted.iter().map(|call| bytes(call)).sum(), counted),
            Tell::InARow => {
                let between_waits = calls.split(|call| role(call) == Role::Wait);
                let counted =
                    |part: &[&'_ ServerCall]| part.iter().filter(|it| is_counted(it)).count();
                let longest = between_waits.max_by_key(|part| counted(part))?;
                (counted(longest), longest.iter().copied().filter(|it| is_counted(it)).collect())
            }
        };
        let seen = told.into_iter().map(|call| Seen::call(run, call)).collect();
        Some(Found { value: Value::from(value), seen })
    }
}

fn bytes(call: &ServerCall) -> usize {
    match call.did {
        Did::Read(bytes) | Did::Sent(bytes) => bytes,
        _ => 0,
    }
}
