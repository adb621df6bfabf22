//! Where the server sleeps: in which call, until what happens, and for how much of the time.

use std::time::Duration;

use lens::view::{Did, Recorded, ServerCall};
use serde::Deserialize;
use trace::duration::Human;
use trace::strace::Class;

use super::moment::Span;
use super::{Found, Seen, Value};

/// The longest sleep that ends in a part of the run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sleep {
    /// What of it.
    tell: Tell,
    /// In which part of the run.
    #[serde(default)]
    within: Span,
}

/// What is told of a sleep.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tell {
    /// The name of the call. `epoll_pwait`, which is all that arm64 has, is `epoll_wait`.
    Call,
    /// What has ended it: `bytes`, `goodbye`, `client`, `room`, `event` (of any socket) or `timer`.
    End,
    /// The longest time that it was to take, in milliseconds; `forever` if there is none.
    Limit,
}

impl Sleep {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let calls = self.within.calls(run)?;
        let asleep = calls.into_iter().filter(|call| call.is_asleep());
        let longest = asleep.max_by_key(|call| call.took_us)?;
        let value = match self.tell {
            Tell::Call => Value::from(longest.name.replace("epoll_pwait", "epoll_wait").as_str()),
            Tell::End => Value::from(end(longest)?),
            Tell::Limit => limit(longest)?,
        };
        Some(Found { value, seen: vec![Seen::call(run, longest)] })
    }
}

fn end(call: &ServerCall) -> Option<&'static str> {
    Some(match call.did {
        Did::Read(_) => "bytes",
        Did::Left => "goodbye",
        Did::Accepted => "client",
        Did::Sent(_) => "room",
        _ if !is_wait(call) => return None,
        _ if call.shown.ends_with(" = 0") => "timer",
        _ => "event",
    })
}

fn is_wait(call: &ServerCall) -> bool {
    matches!(Class::of(&call.name), Class::Epoll | Class::Poll)
}

/// The timeout of a wait with epoll: the fourth argument. Behind it `epoll_pwait` has two more.
pub(super) fn limit(call: &ServerCall) -> Option<Value> {
    if Class::of(&call.name) != Class::Epoll {
        return None;
    }
    let (args, _) = call.shown.strip_suffix(')').unwrap_or(&call.shown).rsplit_once(") = ")?;
    let behind = if call.name.starts_with("epoll_pwait") { 2 } else { 0 };
    match args.rsplit(", ").nth(behind)?.parse::<i64>().ok()? {
        -1 => Some(Value::from("forever")),
        limit => u64::try_from(limit).ok().map(Value::Number),
    }
}

/// Which part of the time the server does not sleep, in percent, rounded down.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Awake {
    /// In which part of the run.
    #[serde(default)]
    within: Span,
}

impl Awake {
    pub(super) fn of(&self, run: &Recorded) -> Option<Found> {
        let (from, until) = self.within.of(run)?;
        let part =
            |call: &ServerCall| call.end_us().min(until).saturating_sub(call.start_us.max(from));
        let mut asleep: Vec<&ServerCall> =
            run.calls.iter().filter(|call| call.is_asleep() && part(call) > 0).collect();
        let slept: u64 = asleep.iter().map(|call| part(call)).sum();
        let whole = until.saturating_sub(from);
        let awake = whole.saturating_sub(slept);
        let value = Value::Number(100 * awake / whole.max(1));
        // Short sleeps decide nothing.
        asleep.retain(|call| 20 * part(call) >= whole);
        let mut seen: Vec<Seen> = asleep.into_iter().map(|call| Seen::call(run, call)).collect();
        let [awake, whole] = [awake, whole].map(|us| Human(Duration::from_micros(us)));
        seen.push(Seen::fact("in sum", format!("it was awake for {awake} of {whole}")));
        Some(Found { value, seen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &str, shown: &str) -> ServerCall {
        ServerCall {
            start_us: 0,
            took_us: 500_000,
            name: name.to_owned(),
            shown: shown.to_owned(),
            says: String::new(),
            port: None,
            did: Did::Other,
            path: Vec::new(),
            may_wait: true,
            items: None,
            data: Vec::new(),
        }
    }

    #[test]
    fn a_wait_tells_how_long_it_was_to_take_and_what_has_ended_it() {
        for (name, shown, expected, ended) in [
            ("epoll_wait", "epoll_wait(5, [], 1024, 1000) = 0", Value::Number(1000), "timer"),
            (
                "epoll_wait",
                "epoll_wait(5, [{events=EPOLLIN, data={u32=0, u64=0}}], 1024, -1) = 1",
                Value::from("forever"),
                "event",
            ),
            (
                "epoll_pwait",
                "epoll_pwait(5, [], 1024, 20, NULL, 8) = 0",
                Value::Number(20),
                "timer",
            ),
        ] {
            let call = wait(name, shown);
            assert_eq!(limit(&call), Some(expected), "{shown}");
            assert_eq!(end(&call), Some(ended), "{shown}");
        }
    }
}
