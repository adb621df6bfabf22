//! What a timeline comes to, in figures.

use serde::Serialize;

use trace::client_log::{ClientEvent, EventKind};

use super::super::recorded::Recorded;
use super::super::server_call::{Did, ServerCall};
use super::Axis;
use crate::text::human;

/// The figures of a timeline, in microseconds. `None` is what the recording does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The first client, which holds its connection.
    pub host: String,
    /// The second client (or the only one), about whom the figures are.
    pub guest: String,
    /// From asking for a connection to having one, by the guest's own clock.
    pub connect_us: Option<u64>,
    /// From asking for a connection to the first reply, by the guest's own clock.
    pub first_reply_us: Option<u64>,
    /// From asking for a connection until the server's accept has returned it.
    pub accepted_us: Option<u64>,
    /// When the host closed its connection, by its own clock; only if the guest was there already.
    pub host_left_us: Option<u64>,
    /// In what the server slept while the guest waited for that reply, the longest first.
    pub slept: Vec<Slept>,
    /// How long the server's thread was in calls about the host, in all: asleep in them, or not.
    pub held_us: u64,
    /// How much of that was after the guest had asked for its connection, and before its first reply.
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

/// One figure, for a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// The figure; `None` if the recording does not tell.
    pub value: Option<u64>,
    /// Its unit.
    pub unit: &'static str,
    /// How it was measured.
    pub how: &'static str,
}

/// When the second client, or the only one, asks for its connection.
pub(super) fn guest(recorded: &Recorded) -> Option<&ClientEvent> {
    let clients = recorded.clients();
    let name = clients.get(1).or(clients.first())?;
    recorded.events_of(name).find(|event| event.what == EventKind::Connecting)
}

impl Facts {
    pub(super) fn new(recorded: &Recorded, axis: &Axis) -> Self {
        let clients = recorded.clients();
        let host = clients.first().copied().unwrap_or_default().to_owned();
        let guest = guest(recorded).map_or_else(|| host.clone(), |event| event.client.clone());
        let first = |client: &str, is: fn(&EventKind) -> bool| {
            let event = recorded.events_of(client).find(|event| is(&event.what))?;
            u64::try_from(axis.at(event.at_us)).ok()
        };
        let port = recorded.events_of(&guest).next().map_or(0, |event| event.port);
        let accept =
            recorded.accept_of(port).and_then(|call| u64::try_from(axis.at(call.end_us())).ok());
        let first_reply = first(&guest, |what| matches!(what, EventKind::Received { .. }));
        let end = first_reply.and_then(|us| i64::try_from(us).ok()).unwrap_or(axis.window.1);
        let ports: Vec<u16> = recorded.events_of(&host).map(|event| event.port).collect();
        let about_host = |call: &&ServerCall| call.port.is_some_and(|port| ports.contains(&port));
        let clipped = |from: i64, until: i64| {
            let calls = recorded.calls.iter().filter(about_host);
            calls.map(|call| overlap(call, axis, from, until)).sum()
        };
        Self {
            connect_us: first(&guest, |what| *what == EventKind::Connected),
            first_reply_us: first_reply,
            host_left_us: first(&host, |what| *what == EventKind::Closed),
            accepted_us: accept,
            slept: slept(recorded, axis, end),
            held_us: recorded.calls.iter().filter(about_host).map(held).sum(),
            held_while_waiting_us: if host == guest { 0 } else { clipped(0, end) },
            host,
            guest,
        }
    }

    /// The figures as rows of a table.
    #[must_use]
    pub fn rows(&self) -> [Fact; 4] {
        const CLIENT: &str = "the client's own clock";
        const TRACE: &str = "strace -T, calls about this client added up";
        let (host, guest) = (&self.host, &self.guest);
        let fact = |name: String, value, how| Fact { name, value, unit: "µs", how };
        [
            fact(format!("{guest} is connected"), self.connect_us, CLIENT),
            fact(format!("{guest} has its first reply"), self.first_reply_us, CLIENT),
            fact(format!("{host} held the server"), Some(self.held_us), TRACE),
            fact(
                format!("{host} held the server while {guest} waited"),
                Some(self.held_while_waiting_us),
                TRACE,
            ),
        ]
    }

    /// What to notice: what the guest has seen, and what the server did meanwhile.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let guest = &self.guest;
        let shown = |us: u64| human(i64::try_from(us).unwrap_or(i64::MAX));
        let connected = self.connect_us.map_or_else(
            || format!("{guest} never was connected"),
            |us| format!("{guest} is connected after {}", shown(us)),
        );
        let reply = self.first_reply_us.map_or_else(
            || "and never has a reply".to_owned(),
            |us| format!("and has its reply after {}", shown(us)),
        );
        let slept = self.slept.first().map(|slept| {
            let whom = match &slept.client {
                Some(name) => format!("for {name} alone"),
                None if slept.call.starts_with("accept") => "for the next client".to_owned(),
                None => "for everyone".to_owned(),
            };
            format!("Meanwhile the server slept {} in {}, {whom}", shown(slept.us), slept.call)
        });
        std::iter::once(format!("{connected} {reply}")).chain(slept).collect()
    }
}

/// In what the server slept from time 0 until `end`.
fn slept(recorded: &Recorded, axis: &Axis, end: i64) -> Vec<Slept> {
    let mut all: Vec<Slept> = Vec::new();
    for call in recorded.calls.iter().filter(|call| call.is_asleep()) {
        let us = overlap(call, axis, 0, end);
        let port = call.port.filter(|_| call.did != Did::Accepted);
        let client = port.and_then(|port| recorded.name_of(port)).map(str::to_owned);
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

/// How long a call was about a client: to wait for somebody to come is not.
fn held(call: &ServerCall) -> u64 {
    let is_accept = call.did == Did::Accepted;
    if is_accept { 0 } else { call.took_us }
}
