//! What the server does: its calls, and what each changes.

use std::collections::HashMap;

use lens::view::timeline::{Axis, waits_for};
use lens::view::{Did, Recorded, ServerCall};

use super::sources::Sources;
use super::step::{Rank, Step, What, letters};
use super::wire::{Wire, Wires};
use super::{Call, Effect, Side};

/// The server's steps.
#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) steps: Vec<Step>,
    /// The step in which each call returns; `None` if it does not in this film.
    returns: Vec<Option<usize>>,
    work: HashMap<u16, Work>,
}

/// When the server did what for a connection.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) accepted: Option<i64>,
    /// How many bytes it has read by then, and written.
    pub(super) read: Vec<(i64, usize)>,
    pub(super) written: Vec<(i64, usize)>,
    /// When it read that the client has left.
    pub(super) ended: Option<i64>,
}

impl Server {
    pub(super) fn work(&self, port: u16) -> Option<&Work> {
        self.work.get(&port)
    }

    /// Adds effects that are known when a call returns.
    pub(super) fn known_at(&mut self, call: usize, effects: impl IntoIterator<Item = Effect>) {
        let step = self.returns.get(call).copied().flatten();
        if let Some(step) = step.and_then(|step| self.steps.get_mut(step)) {
            let last = step.does.len().saturating_sub(1);
            step.does.splice(last..last, effects);
        }
    }
}

/// A call, as the film has it.
pub(super) fn call(
    recorded: &Recorded,
    call: &ServerCall,
    axis: &Axis,
    sources: &mut Sources<'_>,
) -> Call {
    let about = || call.port.and_then(|port| recorded.name_of(port));
    // A call that has not returned sleeps as far as the trace goes, and beyond.
    let is_endless = call.did == Did::NotReturned;
    let asleep = is_endless || call.is_asleep();
    let until = axis.at(call.end_us());
    let until = if is_endless { until.max(axis.window.1) } else { until };
    let client = if asleep { waits_for(recorded, call) } else { about() };
    Call {
        from: axis.at(call.start_us),
        until,
        name: call.name.clone(),
        shown: call.shown.clone(),
        client: client.map(str::to_owned),
        asleep,
        path: sources.path(&call.path),
    }
}

/// A call that sends goes on for so many microseconds, or it is one step.
pub(super) const LONG: i64 = 1_000;

/// The steps of all calls. A call that does not sleep is one step, at its end. One that sleeps is two: other things happen
/// meanwhile. So is one that sends for long.
pub(super) fn steps(
    recorded: &Recorded,
    seen: &[&ServerCall],
    calls: &[Call],
    wires: &Wires,
    window: (i64, i64),
) -> Server {
    let mut server = Server::default();
    for (number, (seen, call)) in seen.iter().zip(calls).enumerate() {
        let client = seen.port.and_then(|port| recorded.name_of(port));
        let step = |at: i64, what, does| {
            let client = client.map(str::to_owned);
            Step { at: at.clamp(window.0, window.1), rank: Rank::Server, client, what, does }
        };
        let mut does = vec![Effect::Begins { call: number }];
        let is_long = matches!(seen.did, Did::Sent(_)) && call.until - call.from >= LONG;
        let is_long = call.asleep || is_long;
        if is_long {
            server.steps.push(step(call.from, What::Falls(number), std::mem::take(&mut does)));
        }
        let is_last = number + 1 == calls.len();
        if call.asleep && is_last && matches!(seen.did, Did::NotReturned | Did::Other) {
            // It is the signal to end that wakes the server.
            server.returns.push(None);
            continue;
        }
        let mut at = call.until;
        if let (Some(port), Some(client)) = (seen.port, client) {
            let work = server.work.entry(port).or_default();
            let flows = if is_long { flows(wires.of(port), call) } else { Vec::new() };
            at = if is_long { at } else { work.done_at(seen, call, wires.of(port)) };
            let (flowing, done) = work.note(seen, at, client, &flows);
            server.steps.extend(flowing);
            does.extend(done);
        }
        does.push(Effect::Returns { call: number });
        let what = if is_long { What::Wakes(number) } else { What::Calls(number) };
        server.returns.push(Some(server.steps.len()));
        server.steps.push(step(at, what, does));
    }
    server
}

/// What the packets carried to a client while a call slept.
fn flows(wire: Option<&Wire>, call: &Call) -> Vec<(i64, usize)> {
    let sent = wire.map(|wire| wire.sent.as_slice()).unwrap_or_default();
    let within = sent.iter().filter(|(at, _)| (call.from..call.until).contains(at));
    within.copied().collect()
}

impl Work {
    /// When a call has done its work: at its end. But one that sends has sent when the packet is seen: the client can
    /// answer before strace has noted the end.
    fn done_at(&self, seen: &ServerCall, call: &Call, wire: Option<&Wire>) -> i64 {
        let Did::Sent(bytes) = seen.did else { return call.until };
        let end = total(&self.written) + bytes;
        let sent = wire.and_then(|wire| {
            let packets = if wire.sent.is_empty() { &wire.taken } else { &wire.sent };
            reached(packets, end)
        });
        sent.map_or(call.until, |at| at.clamp(call.from, call.until))
    }

    /// Notes what a call has done. Returns steps before its end, and its effects.
    fn note(
        &mut self,
        seen: &ServerCall,
        at: i64,
        name: &str,
        flows: &[(i64, usize)],
    ) -> (Vec<Step>, Vec<Effect>) {
        let client = name.to_owned();
        let done = match seen.did {
            Did::Accepted => {
                self.accepted = Some(at);
                Effect::Accepted { client }
            }
            Did::Read(bytes) => {
                self.read.push((at, total(&self.read) + bytes));
                Effect::Read { client, bytes }
            }
            Did::Sent(bytes) => return self.sends(seen, (at, bytes), name, flows),
            Did::Left => {
                self.ended = self.ended.or(Some(at));
                return (Vec::new(), Vec::new());
            }
            Did::Closed => Effect::Gone { client, by: Side::Server },
            Did::Nothing | Did::NotReturned | Did::Other => return (Vec::new(), Vec::new()),
        };
        (Vec::new(), vec![done])
    }

    /// A call that sends: the bytes enter the send buffer while it goes on. Of one that sleeps, packets tell some.
    fn sends(
        &mut self,
        seen: &ServerCall,
        (at, bytes): (i64, usize),
        client: &str,
        flows: &[(i64, usize)],
    ) -> (Vec<Step>, Vec<Effect>) {
        let begin = total(&self.written);
        let end = begin + bytes;
        let mut written = |at, ends: usize| {
            let from = total(&self.written);
            (ends > from).then(|| {
                self.written.push((at, ends));
                let data = letters(seen.data.get(from - begin..).unwrap_or_default());
                Effect::Written { client: client.to_owned(), bytes: ends - from, data }
            })
        };
        let flow = |(at, ends): &(i64, usize)| {
            let effect = written(*at, (*ends).min(end))?;
            Some(Step::new(*at, Rank::Server, client, What::Flows, vec![effect]))
        };
        let steps = flows.iter().filter_map(flow).collect();
        (steps, written(at, end).into_iter().collect())
    }
}

fn total(steps: &[(i64, usize)]) -> usize {
    steps.last().map_or(0, |(_, ends)| *ends)
}

/// When so many bytes were read or written for the first time.
pub(super) fn reached(steps: &[(i64, usize)], bytes: usize) -> Option<i64> {
    steps.iter().find(|(_, ends)| *ends >= bytes).map(|(at, _)| *at)
}
