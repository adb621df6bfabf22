//! Makes whole calls of those that were interrupted by the lines of other threads.

use std::time::Duration;

use super::{Call, Kind, Line, parse_call, scan};

/// So many threads may be in a call at the same time; a garbled log must not fill our memory.
const MOST: usize = 1024;
/// What is known at the start of a call is no longer than this, in bytes, or it is cut.
const LONGEST: usize = 64 * 1024;

/// Remembers the starts of calls until their ends come.
#[derive(Debug, Default)]
pub struct Joiner {
    started: Vec<Started>,
    /// Calls that the kernel goes on with after a signal, as `restart_syscall`.
    interrupted: Vec<Started>,
    /// The start of the call that was put together last, and all its arguments.
    start: Option<Started>,
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
    fn new(line: &Line<'_>, name: &str, args: &[u8]) -> Self {
        let args = args.get(..LONGEST).unwrap_or(args);
        Self { thread: line.thread, at: line.at, name: name.to_owned(), args: args.to_vec() }
    }

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
                keep(&mut self.started, Started::new(&line, name, args));
                None
            }
            Kind::Resumed { name, rest } => {
                self.start =
                    take(&mut self.started, line.thread).filter(|start| start.name == name);
                self.finish(line, name, rest)
            }
            Kind::Continued(rest) => {
                self.start = self.started.pop();
                let thread = self.start.as_ref()?.thread;
                self.finish(Line { thread, ..line }, "", rest)
            }
            Kind::Call(call) => Some(restarted(&mut self.interrupted, line, call)),
            Kind::Ended(_) => {
                take(&mut self.started, line.thread);
                take(&mut self.interrupted, line.thread);
                Some(line)
            }
            _ => Some(line),
        }
    }

    /// The calls that have started and not ended, the oldest first.
    pub fn started(&self) -> impl Iterator<Item = Line<'_>> {
        self.started.iter().map(Started::line)
    }

    /// The call that ends with `rest`. It began as `self.start`, if the log shows its start.
    fn finish<'a>(&'a mut self, line: Line<'a>, name: &'a str, rest: &[u8]) -> Option<Line<'a>> {
        let start = self.start.as_ref();
        self.joined.clear();
        self.joined.extend_from_slice(start.map_or(&[], |start| &start.args));
        self.joined.extend_from_slice(rest);
        let name = start.map_or(name, |start| &start.name);
        let mut call = parse_call(name, &self.joined)?;
        let at = start.and_then(|start| start.at);
        if call.took.is_none() {
            call.took = line.at.zip(at).and_then(|(end, start)| end.checked_sub(start));
        }
        let line = Line { at: at.or(line.at), kind: Kind::Call(call), ..line };
        Some(restarted(&mut self.interrupted, line, call))
    }
}

/// If the call goes on with one that a signal has interrupted, returns it as that one. If it is
/// interrupted itself, it is kept.
fn restarted<'a>(interrupted: &'a mut Vec<Started>, line: Line<'a>, call: Call<'a>) -> Line<'a> {
    if call.name != "restart_syscall" {
        if call.outcome.error == "ERESTART_RESTARTBLOCK" {
            let args: Vec<&[u8]> = call.args.iter().collect();
            let args = [&args.join(&b", "[..]), &b")"[..]].concat();
            keep(interrupted, Started::new(&line, call.name, &args));
        }
        return line;
    }
    let Some(first) = interrupted.iter().find(|first| first.thread == line.thread) else {
        return line;
    };
    let args = scan::args(&first.args).map(|(args, _)| args).unwrap_or_default();
    Line { kind: Kind::Call(Call { name: &first.name, args, ..call }), ..line }
}

fn keep(calls: &mut Vec<Started>, call: Started) {
    take(calls, call.thread);
    if calls.len() >= MOST {
        calls.remove(0);
    }
    calls.push(call);
}

fn take(calls: &mut Vec<Started>, thread: Option<u32>) -> Option<Started> {
    let place = calls.iter().position(|call| call.thread == thread)?;
    Some(calls.remove(place))
}
