//! What tells a call from all others of its run, so that it can be found in another run.

use std::collections::HashMap;

use trace::semantics::{Attributed, Client, Event};
use trace::strace::Call;

/// A point in the conversations of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Point {
    /// The client of the last call that was about one, and which of its connections it was. None before the first.
    connection: Option<(String, usize)>,
    /// How many bytes this connection has carried before the call.
    received: usize,
    sent: usize,
}

/// What tells a call from all others of its run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    point: Point,
    /// Whether the call is about that connection, and not about none.
    is_about: bool,
    name: String,
    /// Its error; without one, whether it returned 0.
    outcome: (String, bool),
    /// The how-manieth such call it is.
    number: usize,
}

/// Makes keys of calls, one after the other.
#[derive(Default)]
pub(super) struct Keys {
    /// By the numbers of the connections.
    points: HashMap<usize, Point>,
    /// How many connections each client has had.
    connections: HashMap<String, usize>,
    /// Where the main thread is.
    last: Point,
    seen: HashMap<Key, usize>,
}

impl Keys {
    /// The key of the next call; None if it is about no connection, and not of the main thread either.
    pub(super) fn next(
        &mut self,
        call: &Call<'_>,
        attributed: &Attributed<'_>,
        is_main: bool,
    ) -> Option<Key> {
        let point = match &attributed.client {
            Some(client) => self.point(client).clone(),
            None if is_main => self.last.clone(),
            None => return None,
        };
        let outcome = (call.outcome.error.to_owned(), call.outcome.value == Some(0));
        let (is_about, name) = (attributed.client.is_some(), call.name.to_owned());
        let mut key = Key { point, is_about, name, outcome, number: 0 };
        let seen = self.seen.entry(key.clone()).or_default();
        *seen += 1;
        key.number = *seen;
        if let Some(client) = &attributed.client {
            let point = self.point(client);
            match attributed.event {
                Event::Received(_) => point.received += call.outcome.count(),
                Event::Sent { .. } => point.sent += call.outcome.count(),
                _ => {}
            }
            let point = point.clone();
            self.last = if is_main { point } else { std::mem::take(&mut self.last) };
        }
        Some(key)
    }

    /// How far the conversation on this connection has come.
    fn point(&mut self, client: &Client) -> &mut Point {
        self.points.entry(client.number).or_insert_with(|| {
            let connections = self.connections.entry(client.name.to_string()).or_default();
            *connections += 1;
            Point {
                connection: Some((client.name.to_string(), *connections)),
                received: 0,
                sent: 0,
            }
        })
    }
}
