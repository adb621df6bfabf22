//! What happens outside the server: what clients do, what arrives from them, and what they get.

mod gets;

use std::cell::Cell;

use lens::view::Recorded;
use lens::view::timeline::Axis;
use trace::client_log::{ClientEvent, EventKind};

use super::serving::{Server, Work, reached};
use super::step::{Rank, Step, What, letters};
use super::wire::{Wire, Wires};
use super::{Effect, Side};

/// What is sent and arrives within so many microseconds is one step; a connection takes no longer either.
const AT_ONCE: i64 = 2_000;

/// All steps outside the server, and by how much the one that was moved most was moved: each cause is put before the
/// server's step that it has caused, and each effect behind.
pub(super) fn steps(
    recorded: &Recorded,
    axis: &Axis,
    wires: &Wires,
    server: &Server,
) -> (Vec<Step>, i64) {
    let moved = Cell::new(0);
    let none = Work::default();
    let of = |wire: &Wire| {
        let work = server.work(wire.port).unwrap_or(&none);
        let events = recorded.events.iter().filter(|event| event.port == wire.port);
        let events: Vec<(i64, &ClientEvent)> =
            events.map(|event| (axis.at(event.at_us), event)).collect();
        let connection = Connection { wire, work, events, moved: &moved };
        let mut steps = connection.comes();
        steps.extend(connection.sends());
        steps.extend(connection.gets());
        steps.extend(connection.leaves());
        steps
    };
    let steps = wires.all.iter().flat_map(of).collect();
    (steps, moved.get())
}

/// What a client types.
struct Typed<'a> {
    at: i64,
    /// Its first byte, of all bytes of the connection.
    byte: usize,
    /// When the client got the reply before it.
    behind: Option<i64>,
    text: &'a str,
}

struct Connection<'a> {
    wire: &'a Wire,
    work: &'a Work,
    events: Vec<(i64, &'a ClientEvent)>,
    moved: &'a Cell<i64>,
}

impl Connection<'_> {
    fn cause(&self, at: i64, what: What, does: Vec<Effect>) -> Step {
        Step::new(at, Rank::Cause, &self.wire.client, what, does)
    }

    /// A time that is not before `first`, nor behind `last`.
    fn between(&self, at: i64, first: Option<i64>, last: Option<i64>) -> i64 {
        let to = at.max(first.unwrap_or(at));
        let to = to.min(last.unwrap_or(to));
        self.moved.set(self.moved.get().max((to - at).abs()));
        to
    }

    fn client(&self) -> String {
        self.wire.client.clone()
    }

    /// When the handshake was complete: before the server accepts, and before the first bytes arrive.
    fn queued(&self) -> Option<i64> {
        let arrival = self.wire.arrivals.first().map(|arrival| arrival.at);
        let last = self.work.accepted.into_iter().chain(arrival).min();
        // Of a client that was accepted, the capture may have lost the handshake.
        let queued = self.wire.queued.or(self.work.accepted);
        queued.map(|at| self.between(at, None, last))
    }

    fn comes(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let asked = self.events.iter().find(|(_, event)| event.what == EventKind::Connecting);
        let queued = self.queued();
        if let Some((at, _)) = asked
            && queued.is_none_or(|queued| queued - at > AT_ONCE)
        {
            steps.push(self.cause(*at, What::Asks, Vec::new()));
        }
        let queued = queued.map(|at| {
            let effect = Effect::Queued { client: self.client() };
            self.cause(at, What::Connects, vec![effect])
        });
        steps.extend(queued);
        steps
    }

    /// What the client types, and when it arrives.
    fn sends(&self) -> Vec<Step> {
        let mut typed = self.typed();
        let mut steps = Vec::new();
        for arrival in &self.wire.arrivals {
            let read = reached(&self.work.read, arrival.range.start + 1);
            let is_it = |typed: &Typed<'_>| {
                arrival.range.contains(&typed.byte) && arrival.at - typed.at <= AT_ONCE
            };
            let typed = typed.iter().position(is_it).map(|place| typed.remove(place));
            let at = self.between(arrival.at, typed.as_ref().and_then(|typed| typed.behind), read);
            let mut does = Vec::new();
            let text = typed.map(|typed| {
                does.push(self.screen(typed.text, true));
                typed.text.to_owned()
            });
            let bytes = arrival.range.len();
            let data = letters(&arrival.data);
            does.push(Effect::Arrived { client: self.client(), bytes, data });
            steps.push(self.cause(at, What::Arrives(bytes, text), does));
        }
        steps.extend(self.lost());
        steps.extend(typed.into_iter().map(|Typed { at, behind, text, .. }| {
            let at = self.between(at, behind, None);
            self.cause(at, What::Sends(text.to_owned()), vec![self.screen(text, true)])
        }));
        steps
    }

    /// The last bytes that were read, and that no packet has carried: the capture has lost some.
    fn lost(&self) -> Vec<Step> {
        let mut have = self.wire.arrivals.last().map_or(0, |arrival| arrival.range.end);
        let mut steps = Vec::new();
        for (at, ends) in &self.work.read {
            let bytes = ends.saturating_sub(have);
            have += bytes;
            if bytes == 0 {
                continue;
            }
            let arrived = Effect::Arrived { client: self.client(), bytes, data: String::new() };
            steps.push(self.cause(*at, What::Arrives(bytes, None), vec![arrived]));
        }
        steps
    }

    /// What the client types, with the first byte of it, and the reply before it.
    fn typed(&self) -> Vec<Typed<'_>> {
        let (mut typed, mut byte, mut received, mut behind) = (Vec::new(), 0, 0, None);
        for (at, event) in &self.events {
            match &event.what {
                EventKind::Sent { bytes, text } => {
                    typed.push(Typed { at: *at, byte, behind, text });
                    byte += bytes;
                }
                EventKind::Received { bytes, .. } => {
                    received += bytes;
                    behind = Some((*at).max(reached(&self.work.written, received).unwrap_or(*at)));
                }
                _ => {}
            }
        }
        typed
    }

    fn screen(&self, text: &str, typed: bool) -> Effect {
        Effect::Screen { client: self.client(), text: text.to_owned(), typed }
    }

    fn leaves(&self) -> Option<Step> {
        let is_closed = |(_, event): &&(i64, &ClientEvent)| event.what == EventKind::Closed;
        let noted = self.events.iter().find(is_closed).map(|(at, _)| *at);
        let left = self.wire.left.or(noted)?;
        let left = self.between(left, None, self.work.ended);
        let gone = Effect::Gone { client: self.client(), by: Side::Client };
        Some(self.cause(left, What::Leaves, vec![gone]))
    }
}
