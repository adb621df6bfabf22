//! The calls in a log of ltrace. ltrace does not escape the quotes within a string, so the arguments of a call stay one
//! text here.

use std::collections::HashMap;
use std::time::Duration;

use crate::strace::seconds;

/// So many threads may be in a call at the same time; a garbled log must not fill our memory.
const MOST: usize = 1024;

/// A call of a library function.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) thread: u32,
    pub(super) at: Duration,
    pub(super) name: String,
    pub(super) args: String,
    pub(super) result: String,
    pub(super) took: Duration,
}

/// Makes whole calls of lines: another thread may have interrupted one, and then it has two.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The calls that have begun, by their thread: the name and the first arguments.
    begun: HashMap<u32, (String, String)>,
}

impl Calls {
    /// The call that ends with a line, if one does.
    pub(super) fn next(&mut self, line: &str) -> Option<Call> {
        let (thread, rest) = line.split_once(' ')?;
        let (at, rest) = rest.trim_start().split_once(' ')?;
        let (thread, at) = (thread.parse().ok()?, seconds(at.as_bytes())?);
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let (_, end) = resumed.split_once(" resumed> ")?;
            let (name, first) = self.begun.remove(&thread)?;
            let (args, result, took) = outcome(end)?;
            return Some(Call {
                thread,
                at,
                name,
                args: first + args,
                result: result.to_owned(),
                took,
            });
        }
        let (name, rest) = rest.split_once('(')?;
        // `lab2-resp->recv@libc.so.6`
        let name = name.rsplit_once("->").map_or(name, |(_, name)| name);
        let name = name.split_once('@').map_or(name, |(name, _)| name).to_owned();
        if let Some(args) = rest.strip_suffix(" <unfinished ...>") {
            if self.begun.len() < MOST {
                self.begun.insert(thread, (name, args.to_owned()));
            }
            return None;
        }
        let (args, result, took) = outcome(rest)?;
        Some(Call { thread, at, name, args: args.to_owned(), result: result.to_owned(), took })
    }
}

impl Call {
    /// The bytes in `5, "GET a\n", 16384, 0`, as ltrace has escaped them; empty if there are none.
    pub(super) fn bytes(&self) -> &str {
        let inside = self.args.split_once(", \"").and_then(|(_, rest)| rest.rsplit_once("\", "));
        inside.map_or("", |(bytes, _)| bytes)
    }
}

/// The arguments, the result and the duration in `5, "GET a\n", 16384, 0) = 6 <0.000214>`.
fn outcome(text: &str) -> Option<(&str, &str, Duration)> {
    let (rest, took) = text.strip_suffix('>')?.rsplit_once(" <")?;
    let (args, result) = rest.rsplit_once("= ")?;
    let took = seconds(took.as_bytes())?;
    (!result.contains(' ')).then_some((args.trim_end().strip_suffix(')')?, result, took))
}
