//! Finds the call of each line of a log, line by line.

use std::collections::VecDeque;

use lens::view::{Did, ServerCall};

use super::EXPIRED;
use super::size;

/// The place in the log, and what each connection has done until there.
pub(super) struct Reader<'a> {
    seen: &'a [&'a ServerCall],
    /// No line comes before the line in front of it.
    last: usize,
    connections: Vec<Connection>,
    /// Whose request the last line was about.
    served: Option<usize>,
}

/// The requests and replies of which there was no line yet.
#[derive(Debug, Default)]
struct Connection {
    port: u16,
    /// The requests: by which call each was read, and its words.
    requests: VecDeque<(usize, String)>,
    /// The call that sends each reply.
    replies: VecDeque<usize>,
    /// The trace does not show all of what was read. Then this tells by which call how many bytes were read, and how many of
    /// them are of requests of which there was a line.
    read: Vec<(usize, usize)>,
    logged: usize,
    is_cut: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(seen: &'a [&'a ServerCall]) -> Self {
        let mut connections: Vec<Connection> = Vec::new();
        for (number, call) in seen.iter().enumerate() {
            let Some(port) = call.port else { continue };
            let place = connections.iter().position(|it| it.port == port).unwrap_or_else(|| {
                connections.push(Connection { port, ..Connection::default() });
                connections.len() - 1
            });
            connections[place].note(number, call);
        }
        Self { seen, last: 0, connections, served: None }
    }

    /// The call that a line comes with; `None` if it comes with the next line.
    pub(super) fn call_of(&mut self, line: &str) -> Option<usize> {
        let (kind, rest) = line.split_once(": ").unwrap_or((line, ""));
        let port = || line.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
        let find = |did, port: Option<u16>| {
            self.seen.iter().position(|call| call.did == did && call.port == port && port.is_some())
        };
        let call = match kind {
            _ if line.starts_with("Connection from ") => find(Did::Accepted, port()),
            _ if line.starts_with("Connection closed for ") => find(Did::Closed, port()),
            _ if kind.starts_with("Received") => self.request(rest),
            _ if kind.starts_with("Sent") => self.reply(),
            _ if line.starts_with(EXPIRED) => self.timer(),
            _ => None,
        }?;
        self.last = self.last.max(call);
        Some(self.last)
    }

    /// The call that has read this request: the next one of a client, of the client whose request it is.
    fn request(&mut self, words: &str) -> Option<usize> {
        let text = plain(words);
        let all = || self.connections.iter().enumerate();
        let fronts = || all().filter_map(|(n, it)| Some((n, it.requests.front()?)));
        let same = fronts().filter(|(_, (_, item))| is_same(item, &text));
        let place = same.min_by_key(|(_, (call, _))| *call).map(|(place, _)| place);
        let cut = || all().find(|(_, it)| it.is_cut && it.has_more()).map(|(place, _)| place);
        let first = || fronts().min_by_key(|(_, (call, _))| *call).map(|(place, _)| place);
        let place = place.or_else(cut).or_else(first)?;
        self.served = Some(place);
        self.connections.get_mut(place)?.next(size::of_request(words))
    }

    /// The call that sends the next reply to the client of the last request. Of a long reply, the trace may not show the end:
    /// then it is the next call that sends something.
    fn reply(&mut self) -> Option<usize> {
        let connection = self.connections.get_mut(self.served?)?;
        let known = if connection.is_cut { None } else { connection.replies.pop_front() };
        let is_send = |(_, call): &(usize, &&ServerCall)| {
            call.port == Some(connection.port) && matches!(call.did, Did::Sent(_))
        };
        known.or_else(|| self.seen.iter().enumerate().skip(self.last).find(is_send).map(|(n, _)| n))
    }

    /// A server that removes a key without a request has waited until the time: the next call that ended by itself.
    fn timer(&self) -> Option<usize> {
        let next = self.connections.iter().filter_map(|it| it.requests.front());
        let next = next.map(|(call, _)| *call).min();
        let is_timer =
            |call: &&ServerCall| call.did == Did::Other && call.says.starts_with("woke by itself");
        let found = self.seen.iter().enumerate().skip(self.last).find(|(_, call)| is_timer(call));
        found.map(|(number, _)| number).filter(|number| next.is_none_or(|next| *number < next))
    }
}

impl Connection {
    fn note(&mut self, number: usize, call: &ServerCall) {
        match (call.did, &call.items) {
            (Did::Read(bytes), items) => {
                let before = self.read.last().map_or(0, |(_, ends)| *ends);
                self.read.push((number, before + bytes));
                self.is_cut |= items.is_none();
                self.requests.extend(items.iter().flatten().map(|item| (number, plain(item))));
            }
            (Did::Sent(_), Some(items)) => self.replies.extend(items.iter().map(|_| number)),
            _ => {}
        }
    }

    fn has_more(&self) -> bool {
        self.read.last().is_some_and(|(_, ends)| *ends > self.logged)
    }

    /// The call that has read the next request, of which this is the size.
    fn next(&mut self, size: usize) -> Option<usize> {
        self.logged += size;
        if !self.is_cut {
            return self.requests.pop_front().map(|(call, _)| call);
        }
        let read = self.read.iter().find(|(_, ends)| *ends >= self.logged);
        read.or(self.read.last()).map(|(call, _)| *call)
    }
}

/// A request without the signs that a log or a trace puts around its words.
fn plain(words: &str) -> String {
    words.chars().filter(|letter| !matches!(letter, '[' | ']' | '"' | ',' | ' ' | '\\')).collect()
}

/// Whether two texts are of the same request. A long one is cut in each of them.
fn is_same(item: &str, line: &str) -> bool {
    let start = |text: &str| {
        text.split('…').next().unwrap_or_default().chars().take(20).collect::<String>()
    };
    let (item, line) = (start(item), start(line));
    item.starts_with(&line) || line.starts_with(&item)
}
