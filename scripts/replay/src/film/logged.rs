//! The lines of the server's log. They have no times: each comes with the call after which it was written.

use std::collections::{HashMap, VecDeque};
use std::fs;

use codec::printable;
use lens::text::cut;
use lens::view::{Did, Recorded, ServerCall};

use super::Effect;
use super::serving::Server;

/// What the log says of a key that has expired.
const EXPIRED: &str = "Key expired and removed: ";
/// One call shows so many lines at most.
const MOST: usize = 40;
/// A line is shown up to so many letters.
const LONGEST: usize = 120;

/// Adds the lines of the log to the calls. Returns the keys that have expired, and by which call.
pub(super) fn place(
    recorded: &Recorded,
    seen: &[&ServerCall],
    server: &mut Server,
) -> Vec<(usize, String)> {
    let log = fs::read(recorded.folder.join("server.log")).unwrap_or_default();
    let mut reader = Reader::new(seen);
    let mut lines: Vec<Vec<String>> = vec![Vec::new(); seen.len()];
    let (mut before, mut waiting, mut expired) = (Vec::new(), Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&log).lines() {
        let call = reader.call_of(line);
        before.push(cut(&printable::one_line(line), LONGEST));
        waiting.extend(line.strip_prefix(EXPIRED).map(str::to_owned));
        if let Some((call, lines)) = call.and_then(|call| Some((call, lines.get_mut(call)?))) {
            lines.append(&mut before);
            expired.extend(waiting.drain(..).map(|key| (call, key)));
        }
    }
    for (call, lines) in lines.into_iter().enumerate() {
        server.known_at(call, shortened(lines).into_iter().map(|text| Effect::Log { text }));
    }
    expired
}

/// The first lines and the last ones, if there are too many.
fn shortened(mut lines: Vec<String>) -> Vec<String> {
    if let Some(left_out) = lines.len().checked_sub(MOST).filter(|count| *count > 0) {
        let middle = MOST / 2;
        lines.splice(middle..=middle + left_out, [format!("… {} more lines …", left_out + 1)]);
    }
    lines
}

/// Finds the call of each line, line by line.
struct Reader<'a> {
    seen: &'a [&'a ServerCall],
    /// No line comes before the line in front of it.
    last: usize,
    /// The requests that were read and of which there was no line yet: of which port, by which call, and their words.
    requests: Vec<VecDeque<(usize, String)>>,
    ports: Vec<u16>,
    /// The calls that send each reply, by port.
    replies: HashMap<u16, VecDeque<usize>>,
    /// Whose request the last line was about.
    served: Option<u16>,
}

impl<'a> Reader<'a> {
    fn new(seen: &'a [&'a ServerCall]) -> Self {
        let (mut requests, mut ports) = (Vec::<VecDeque<(usize, String)>>::new(), Vec::new());
        let mut replies: HashMap<u16, VecDeque<usize>> = HashMap::new();
        for (number, call) in seen.iter().enumerate() {
            let Some(port) = call.port else { continue };
            match call.did {
                Did::Read(_) => {
                    let place = ports.iter().position(|it| *it == port).unwrap_or_else(|| {
                        ports.push(port);
                        requests.push(VecDeque::new());
                        ports.len() - 1
                    });
                    let items = call.items.iter().flatten().map(|item| (number, plain(item)));
                    requests[place].extend(items);
                }
                Did::Sent(_) => {
                    replies
                        .entry(port)
                        .or_default()
                        .extend(call.items.iter().flatten().map(|_| number));
                }
                _ => {}
            }
        }
        Self { seen, last: 0, requests, ports, replies, served: None }
    }

    /// The call that a line comes with; `None` if it comes with the next line.
    fn call_of(&mut self, line: &str) -> Option<usize> {
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
        let words = plain(words);
        let fronts =
            || self.requests.iter().enumerate().filter_map(|(n, all)| Some((n, all.front()?)));
        let same = fronts().filter(|(_, (_, item))| is_same(item, &words));
        let first =
            |a: &(usize, &(usize, String)), b: &(usize, &(usize, String))| a.1.0.cmp(&b.1.0);
        let (place, _) = same.min_by(first).or(fronts().min_by(first))?;
        self.served = self.ports.get(place).copied();
        self.requests.get_mut(place)?.pop_front().map(|(call, _)| call)
    }

    /// The call that sends the next reply to the client of the last request. Of a long reply, the trace may not show the end:
    /// then it is the next call that sends something.
    fn reply(&mut self) -> Option<usize> {
        let port = self.served?;
        let known = self.replies.get_mut(&port).and_then(VecDeque::pop_front);
        let is_send = |(_, call): &(usize, &&ServerCall)| {
            call.port == Some(port) && matches!(call.did, Did::Sent(_))
        };
        known.or_else(|| self.seen.iter().enumerate().skip(self.last).find(is_send).map(|(n, _)| n))
    }

    /// A server that removes a key without a request has waited until the time: the next call that ended by itself.
    fn timer(&self) -> Option<usize> {
        let next = self.requests.iter().filter_map(|all| all.front()).map(|(call, _)| *call).min();
        let is_timer =
            |call: &&ServerCall| call.did == Did::Other && call.says.starts_with("woke by itself");
        let found = self.seen.iter().enumerate().skip(self.last).find(|(_, call)| is_timer(call));
        found.map(|(number, _)| number).filter(|number| next.is_none_or(|next| *number < next))
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
