//! All labs: while no client does anything, the server does nothing.
//!
//! It looks at the longest times in which a client is connected, no client does anything, and the server moves no byte.
//! Vain calls there are waits that return, reads and accepts that fail with `EAGAIN`, and reads of 0 bytes: at most 5 a second
//! are allowed. Broken only if there are more in both halves of such a time: work that is late on a busy machine comes to an
//! end, and a loop does not.
//!
//! It cannot see a loop that makes no system call, nor one in a thread that does not serve clients.

use std::time::Duration;

use trace::client_log::ClientEvent;
use trace::duration::Human;

use super::Finding;
use super::acts::{Act, Outcome, Role};
use super::calls::Calls;

/// So many vain calls a second are allowed: a server may look at its clock now and then.
const ALLOWED: u128 = 5;
/// What is left to do when silence begins is done by then.
const SETTLED: Duration = Duration::from_millis(100);
/// A shorter silence tells nothing.
const SHORTEST: Duration = Duration::from_millis(500);

pub(super) fn judge(calls: &Calls<'_>) -> Finding {
    if calls.is_busy() {
        return Finding::too_busy(calls.pulse);
    }
    let mut vain: Vec<&Act> = calls.acts.iter().filter(|act| is_vain(calls, act)).collect();
    vain.sort_by_key(|act| act.ended);
    let within = |from, to| {
        let begin = vain.partition_point(|act| act.ended < from);
        let end = vain.partition_point(|act| act.ended < to);
        vain.get(begin..end).unwrap_or_default()
    };
    let silences = silences(calls);
    for (from, to) in &silences {
        let time = to.saturating_sub(*from);
        let middle = *from + time / 2;
        let (first, second) = (within(*from, middle), within(middle, *to));
        if is_too_often(first, time / 2) && is_too_often(second, time / 2) {
            let places = second.iter().take(3).map(|act| act.place).collect();
            return Finding::Broken(sentence(within(*from, *to), time), places);
        }
    }
    if silences.is_empty() && calls.pulse > SETTLED / 2 {
        return Finding::too_busy(calls.pulse);
    }
    if silences.is_empty() {
        return Finding::Unknown("The clients were never silent for long enough.".to_owned());
    }
    Finding::Holds
}

fn is_vain(calls: &Calls<'_>, act: &Act) -> bool {
    let is_vain = match act.role {
        Role::Wait => matches!(act.outcome, Outcome::Done | Outcome::Nothing),
        Role::Read => matches!(act.outcome, Outcome::WouldBlock | Outcome::Nothing),
        Role::Accept | Role::Write => act.outcome == Outcome::WouldBlock,
        Role::Sleep => act.port.is_some() && act.outcome == Outcome::Nothing,
        Role::Close => false,
    };
    is_vain && calls.serving.contains_key(&act.thread)
}

fn is_too_often(vain: &[&Act], time: Duration) -> bool {
    vain.len() as u128 > (ALLOWED * time.as_millis()).div_ceil(1000)
}

/// The times in which nothing happens, without their beginnings.
fn silences(calls: &Calls<'_>) -> Vec<(Duration, Duration)> {
    let moved = calls.acts.iter().filter(|act| match act.role {
        Role::Accept | Role::Read | Role::Write => act.outcome == Outcome::Done,
        Role::Close => true,
        Role::Wait | Role::Sleep => false,
    });
    let mut times: Vec<Duration> = calls.events.iter().map(ClientEvent::at).collect();
    times.extend(moved.map(|act| act.ended));
    times.sort_unstable();
    let connections = calls.connections();
    let gaps = times.windows(2).filter_map(|pair| {
        let (from, to) = (*pair.first()? + SETTLED + calls.pulse, *pair.last()?);
        let is_connected = connections.values().any(|(begin, end)| *begin <= from && to <= *end);
        (is_connected && to >= from + SHORTEST).then_some((from, to))
    });
    gaps.collect()
}

fn sentence(vain: &[&Act], time: Duration) -> String {
    let name = vain.first().map_or("?", |act| &act.name);
    let count = vain.iter().filter(|act| act.name == name).count();
    format!(
        "In {} in which no client did anything, {name} returned {count} times; at most {ALLOWED} times a second are allowed.",
        Human(time)
    )
}
