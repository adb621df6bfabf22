//! What the clients themselves have recorded, put among the calls of the server where it belongs in
//! time: a client that nobody has accepted yet is in no trace of the server.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::client_log::{ClientEvent, EventKind};
use crate::duration::Human;
use crate::page::{Ink, Page};
use crate::semantics::ConnectionTable;

use super::WAIT;

/// What clients have recorded (`clients.jsonl`).
#[derive(Debug, Default)]
pub struct ClientNotes {
    events: VecDeque<ClientEvent>,
    /// When each client has asked for a connection, by its port.
    called: HashMap<u16, Duration>,
    /// How long each has waited for others, so far.
    waited: HashMap<u16, Duration>,
    slowest: Option<(String, Duration)>,
    /// How many have given up.
    gave_up: usize,
}

impl ClientNotes {
    /// The events of a recording.
    #[must_use]
    pub fn new(mut events: Vec<ClientEvent>) -> Self {
        events.sort_by_key(|event| event.at_us);
        Self { events: events.into(), ..Self::default() }
    }

    /// The names of the clients, by the port that they come from.
    #[must_use]
    pub fn names(&self) -> HashMap<u16, String> {
        self.events.iter().map(|event| (event.port, event.client.clone())).collect()
    }

    /// Writes what clients have done until now. `zero` is when the log began, since 1970.
    pub(super) fn write_until(
        &mut self,
        now: Duration,
        zero: Duration,
        table: &ConnectionTable,
        page: &mut Page,
    ) {
        while self.events.front().is_some_and(|event| event.at() < now + zero)
            && let Some(event) = self.events.pop_front()
        {
            let Some((text, is_wait)) = self.say(&event, table) else { continue };
            let call = format!("client {}", event.client);
            let ink = if is_wait { Ink::Waiting } else { Ink::Dim };
            let at = event.at().checked_sub(zero);
            page.row((at, None), &call, ink, &text);
        }
    }

    /// Which client has waited longest for others, and how many have given up.
    pub(super) fn summary(&self) -> Option<String> {
        let (client, waited) = self.slowest.as_ref()?;
        let longest = format!("client {client} has waited longest: {}", Human(*waited));
        Some(match self.gave_up {
            0 => longest,
            1 => format!("{longest}; 1 client gave up"),
            count => format!("{longest}; {count} clients gave up"),
        })
    }

    /// What an event means, and whether the client has waited or is going to.
    fn say(&mut self, event: &ClientEvent, table: &ConnectionTable) -> Option<(String, bool)> {
        let is_served = table.serves(event.port);
        let yet = |unserved| if is_served { "" } else { unserved };
        Some(match &event.what {
            EventKind::Connecting => {
                self.called.insert(event.port, event.at());
                return None;
            }
            EventKind::Connected => {
                let not_yet = yet(", by the kernel: nobody has accepted it yet");
                let called = self.called.get(&event.port).copied().unwrap_or(event.at());
                let waited = event.at().saturating_sub(called);
                let after = if self.waits(event, waited) {
                    format!(" after {}", Human(waited))
                } else {
                    String::new()
                };
                (format!("is connected{after}{not_yet}"), !after.is_empty())
            }
            EventKind::Sent { text, .. } => {
                let is_long = !is_served && self.is_going_to_wait(event);
                (format!("sends {text}{}", yet(": nobody reads it yet")), is_long)
            }
            EventKind::Received { text, replies, waited_us, .. } => {
                let waited = Duration::from_micros(*waited_us);
                let is_long = self.waits(event, waited);
                let what = if *replies == 1 { text.clone() } else { format!("{replies} replies") };
                (format!("has its answer after {}: {what}", Human(waited)), is_long)
            }
            EventKind::Unexpected { expected, got } => {
                (format!("expected {expected}, and got {got}"), true)
            }
            EventKind::GaveUp { step, why } => {
                self.gave_up += 1;
                (format!("gives up ({step}): {why}"), true)
            }
            EventKind::Closed => ("closes its side".to_owned(), false),
        })
    }

    /// Whether the answer to what a client sends comes late, or never.
    fn is_going_to_wait(&self, sent: &ClientEvent) -> bool {
        let mut next = self.events.iter().filter(|event| event.port == sent.port);
        next.next().is_some_and(|event| match event.what {
            EventKind::Received { .. } => event.at().saturating_sub(sent.at()) > WAIT,
            _ => matches!(event.what, EventKind::GaveUp { .. }),
        })
    }

    /// Notes that a client has waited, and returns whether it was long.
    fn waits(&mut self, event: &ClientEvent, waited: Duration) -> bool {
        let sum = self.waited.entry(event.port).or_default();
        *sum = sum.saturating_add(waited);
        if self.slowest.as_ref().is_none_or(|(_, longest)| *sum > *longest) {
            self.slowest = Some((event.client.clone(), *sum));
        }
        waited > WAIT
    }
}
