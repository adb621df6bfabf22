//! What a timeline comes to, in figures.

use serde::Serialize;

use trace::client_log::EventKind;

use super::super::recorded::Recorded;
use super::super::server_call::{Did, ServerCall};
use super::Axis;
use super::axis::second;
use super::server::{for_whom, waits_for};
use crate::text::human;

/// The figures of a timeline, in microseconds. `None` is what the recording does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The first client, which holds its connection.
    pub first: String,
    /// The second client (or the only one), about which the figures are.
    pub second: String,
    /// From asking for a connection to having one, by the second client's own clock.
    pub connect_us: Option<u64>,
    /// From asking for a connection to the first reply, by the second client's own clock.
    pub first_reply_us: Option<u64>,
    /// From asking for a connection until the server's accept has returned it.
    pub accepted_us: Option<u64>,
    /// When the first client closed its connection, by its own clock; only if the second had asked for one.
    pub first_left_us: Option<u64>,
    /// In what the server slept while the second client waited for that reply, the longest first.
    pub slept: Vec<Slept>,
    /// How long the server's thread was in calls about the first client, in all: asleep in them, or not.
    pub held_us: u64,
    /// How much of that was after the second client had asked for its connection, and before its first reply.
    pub held_while_waiting_us: u64,
}

/// In what the server has slept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slept {
    /// The call.
    pub call: String,
    /// For which client alone; `None` for any.
    pub client: Option<String>,
    /// How long, in microseconds.
    pub us: u64,
}

impl Facts {
    pub(super) fn new(recorded: &Recorded, axis: &Axis) -> Self {
        let clients = recorded.clients();
        let first = clients.first().copied().unwrap_or_default().to_owned();
        let asks = second(recorded);
        let second = asks.map_or_else(|| first.clone(), |event| event.client.clone());
        let when = |client: &str, is: fn(&EventKind) -> bool| {
            let event = recorded.events_of(client).find(|event| is(&event.what))?;
            u64::try_from(axis.at(event.at_us)).ok()
        };
        let accept = asks.and_then(|event| recorded.accept_of(event.port));
        let first_reply_us = when(&second, |what| matches!(what, EventKind::Received { .. }));
        let end = first_reply_us.and_then(|us| i64::try_from(us).ok()).unwrap_or(axis.window.1);
        let is_about_first = |call: &&ServerCall| {
            call.port.is_some_and(|port| recorded.events_of(&first).any(|of| of.port == port))
        };
        let about_first = || recorded.calls.iter().filter(is_about_first);
        let held = about_first().map(|call| overlap(call, axis, 0, end)).sum();
        Self {
            connect_us: when(&second, |what| *what == EventKind::Connected),
            first_reply_us,
            accepted_us: accept.and_then(|call| u64::try_from(axis.at(call.end_us())).ok()),
            first_left_us: when(&first, |what| *what == EventKind::Closed),
            slept: slept(recorded, axis, end),
            // To wait for any client to come is not to be held by this one.
            held_us: about_first()
                .filter(|call| call.did != Did::Accepted)
                .map(|call| call.took_us)
                .sum(),
            held_while_waiting_us: if first == second { 0 } else { held },
            first,
            second,
        }
    }

    /// What to notice: what the second client has seen, and what the server did meanwhile.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let second = &self.second;
        let connected = self.connect_us.map_or_else(
            || format!("{second} never was connected"),
            |us| format!("{second} is connected after {}", human(us)),
        );
        let reply = self.first_reply_us.map_or_else(
            || "and never has a reply".to_owned(),
            |us| format!("and has its reply after {}", human(us)),
        );
        let slept = self.slept.first().map(|Slept { call, client, us }| {
            let whom = for_whom(call, client.as_deref());
            format!("Meanwhile the server slept {} in {call}, {whom}", human(*us))
        });
        std::iter::once(format!("{connected} {reply}")).chain(slept).collect()
    }
}

/// In what the server slept from time 0 until `end`.
fn slept(recorded: &Recorded, axis: &Axis, end: i64) -> Vec<Slept> {
    let mut all: Vec<Slept> = Vec::new();
    for call in recorded.calls.iter().filter(|call| call.is_asleep()) {
        let us = overlap(call, axis, 0, end);
        let client = waits_for(recorded, call).map(str::to_owned);
        let is_same = |slept: &&mut Slept| slept.call == call.name && slept.client == client;
        match all.iter_mut().find(is_same) {
            Some(slept) => slept.us += us,
            None if us > 0 => all.push(Slept { call: call.name.clone(), client, us }),
            None => {}
        }
    }
    all.sort_by_key(|slept| std::cmp::Reverse(slept.us));
    all
}

/// How long the call went on from one time until another, in microseconds.
fn overlap(call: &ServerCall, axis: &Axis, from: i64, until: i64) -> u64 {
    let (start, end) = (axis.at(call.start_us).max(from), axis.at(call.end_us()).min(until));
    u64::try_from(end - start).unwrap_or(0)
}
