//! Makes whole calls of those that were interrupted by the lines of other threads.

use std::time::Duration;

use super::{Call, Kind, Line, parse_call};

/// So many threads may be in a call at the same time; a garbled log must not fill our memory.
const MOST: usize = 1024;
/// What is known at the start of a call is no longer than this, in bytes, or it is cut.
const LONGEST: usize = 64 * 1024;

/// Remembers the starts of calls until their ends come.
#[derive(Debug, Default)]
pub struct Joiner {
    started: Vec<Started>,
    /// The text of the call that was put together last.
    joined: Vec<u8>,
}

#[derive(Debug)]
struct Started {
    thread: Option<u32>,
    at: Option<Duration>,
    name: String,
    args: Vec<u8>,
}

impl Started {
    fn line(&self) -> Line<'_> {
        let kind = Kind::Unfinished { name: &self.name, args: &self.args };
        Line { thread: self.thread, at: self.at, kind }
    }
}

impl Joiner {
    /// A joiner for a new log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes a line on, except the start of a call, which it keeps, and the end of one, in whose
    /// place it returns the whole call as of its start.
    pub fn join<'a>(&'a mut self, line: Line<'a>) -> Option<Line<'a>> {
        match line.kind {
            Kind::Unfinished { name, args } => {
                self.forget(line.thread);
                if self.started.len() >= MOST {
                    self.started.remove(0);
                }
                let args = args.get(..LONGEST).unwrap_or(args);
                let (name, args) = (name.to_owned(), args.to_vec());
                self.started.push(Started { thread: line.thread, at: line.at, name, args });
                None
            }
            Kind::Resumed { name, rest } => {
                let start = self.forget(line.thread).filter(|start| start.name == name);
                self.joined.clear();
                if let Some(start) = &start {
                    self.joined.extend_from_slice(&start.args);
                }
                self.joined.extend_from_slice(rest);
                let mut call = parse_call(name, &self.joined)?;
                let at = start.and_then(|start| start.at);
                if call.took.is_none() {
                    call.took = line.at.zip(at).and_then(|(end, start)| end.checked_sub(start));
                }
                Some(Line { at: at.or(line.at), kind: Kind::Call(call), ..line })
            }
            Kind::Ended(_) => {
                self.forget(line.thread);
                Some(line)
            }
            _ => Some(line),
        }
    }

    /// The calls that have started and not ended, the oldest first.
    pub fn started(&self) -> impl Iterator<Item = Line<'_>> {
        self.started.iter().map(Started::line)
    }

    fn forget(&mut self, thread: Option<u32>) -> Option<Started> {
        let place = self.started.iter().position(|started| started.thread == thread)?;
        Some(self.started.remove(place))
    }
}

impl Call<'_> {
    /// Whether it never came back, because the program ended first.
    #[must_use]
    pub fn never_returned(&self) -> bool {
        self.outcome.value.is_none() && self.outcome.error.is_empty()
    }
}
