//! What strace writes, line by line: who called the kernel, when, what for, and what came of it.
//!
//! A line is parsed into slices of itself: nothing is copied. What is not understood is
//! [`Kind::Unknown`] and never an error, because logs are cut, mixed with other output, and older or
//! newer than this parser.

use std::time::Duration;

mod class;
mod joiner;
mod outcome;
mod prefix;
mod scan;
mod value;

pub use class::{Class, MAY_BE_FILE};
pub use joiner::Joiner;
pub use outcome::Outcome;
pub(crate) use outcome::leading_number;
pub(crate) use prefix::seconds;
pub use scan::Args;
pub use value::{Text, address, descriptor, field, label, local, peer};

/// A call that takes longer than this has waited: no work of a server of this kit takes so long.
pub const WAIT: Duration = Duration::from_millis(10);

/// One line of a log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line<'a> {
    /// The thread that it is about, where strace says so (`-f`).
    pub thread: Option<u32>,
    /// When: since 1970 (`-ttt`), or since midnight (`-t`, `-tt`).
    pub at: Option<Duration>,
    /// What it says.
    pub kind: Kind<'a>,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind<'a> {
    /// A call, from its start to its end.
    Call(Call<'a>),
    /// The start of a call, which goes on while the lines of other threads follow.
    Unfinished {
        /// Which call.
        name: &'a str,
        /// Its first arguments, as far as they are known at its start.
        args: &'a [u8],
    },
    /// The end of such a call.
    Resumed {
        /// Which call.
        name: &'a str,
        /// The arguments that are known at its end, `)`, and what came of it.
        rest: &'a [u8],
    },
    /// A signal came.
    Signal {
        /// Such as `SIGINT`.
        name: &'a str,
        /// Its details, such as `{si_signo=SIGINT, si_code=SI_KERNEL}`.
        details: &'a [u8],
    },
    /// The rest of a call whose line was broken by a message of strace.
    Continued(&'a [u8]),
    /// What strace says about itself or about a thread, such as `strace: Process 7 attached`.
    Message,
    /// The thread has ended.
    Ended(End),
    /// A line of the stack below the call above (`-k`).
    Frame(Frame<'a>),
    /// Anything else.
    Unknown,
}

/// How a thread, or a program, has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Exit(i64),
    /// A signal has killed it.
    Killed,
}

/// A call to the kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Call<'a> {
    /// Such as `recvfrom`.
    pub name: &'a str,
    /// What it was given, and what it has filled in.
    pub args: Args<'a>,
    /// What came of it.
    pub outcome: Outcome<'a>,
    /// How long it took (`-T`).
    pub took: Option<Duration>,
}

impl Call<'_> {
    /// Whether it never came back, because the program ended first.
    #[must_use]
    pub fn never_returned(&self) -> bool {
        self.outcome.value.is_none() && self.outcome.error.is_empty()
    }

    /// Whether a call that carries bytes was given this flag: `MSG_PEEK`, to leave them for the next call.
    #[must_use]
    pub fn has_flag(&self, flag: &[u8]) -> bool {
        self.args.iter().skip(2).any(|arg| memchr::memmem::find(arg, flag).is_some())
    }
}

/// A function on the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The file that holds its code.
    pub file: &'a [u8],
    /// Its name; empty if it has none.
    pub function: &'a [u8],
    /// Where in the file the call above comes back to.
    pub offset: u64,
}

/// Parses one line, without its `\n`.
#[must_use]
pub fn parse(line: &[u8]) -> Line<'_> {
    let line = line.trim_ascii_end();
    if let Some(frame) = line.strip_prefix(b" > ") {
        return Line { thread: None, at: None, kind: parse_frame(frame) };
    }
    let (thread, rest) = prefix::thread(line);
    let (at, rest) = prefix::time(rest);
    Line { thread, at, kind: parse_kind(rest).unwrap_or(Kind::Unknown) }
}

fn parse_kind(text: &[u8]) -> Option<Kind<'_>> {
    if let Some(resumed) = text.strip_prefix(b"<... ") {
        let (name, rest) = scan::name(resumed)?;
        return Some(Kind::Resumed { name, rest: rest.strip_prefix(b" resumed>")? });
    }
    let is_message = text.starts_with(b"strace: ")
        || text.starts_with(b"--- stopped by SIG")
        || matches!(text, b"<unfinished ...>" | b"<detached ...>");
    if is_message {
        return Some(Kind::Message);
    }
    if text.starts_with(b", ") || text.starts_with(b"=> ") || text.starts_with(b") ") {
        return Some(Kind::Continued(text));
    }
    if let Some(signal) = text.strip_prefix(b"--- ") {
        let (name, rest) = scan::word(signal)?;
        let details = rest.strip_suffix(b"---").unwrap_or(rest).trim_ascii();
        return name.starts_with("SIG").then_some(Kind::Signal { name, details });
    }
    if let Some(end) = text.strip_prefix(b"+++ ") {
        let code = end.strip_prefix(b"exited with ").and_then(outcome::leading_number);
        let is_killed = end.starts_with(b"killed by ");
        return code.map(End::Exit).or(is_killed.then_some(End::Killed)).map(Kind::Ended);
    }
    let (name, rest) = scan::name(text)?;
    let args = rest.strip_prefix(b"(")?;
    if let Some(args) = without_end(args) {
        return Some(Kind::Unfinished { name, args });
    }
    parse_call(name, args).map(Kind::Call)
}

/// What stands behind `name(`, if the line says that the call has not ended yet.
fn without_end(text: &[u8]) -> Option<&[u8]> {
    if text.ends_with(b" detached") || text.ends_with(b" attached") {
        // A message of strace breaks the line of the call.
        return memchr::memmem::rfind(text, b"strace: Process ").and_then(|end| text.get(..end));
    }
    let unfinished = text.strip_suffix(b"<unfinished ...>");
    unfinished.or_else(|| text.strip_suffix(b"<detached ...>"))
}

/// A call that has begun and not come back, with its first arguments.
#[must_use]
pub fn begun<'a>(name: &'a str, args: &'a [u8]) -> Call<'a> {
    Call { name, args: scan::first_args(args), outcome: Outcome::default(), took: None }
}

/// Parses what stands behind `name(`.
fn parse_call<'a>(name: &'a str, text: &'a [u8]) -> Option<Call<'a>> {
    let (args, rest) = scan::args(text)?;
    let (outcome, took) = outcome::parse(rest)?;
    Some(Call { name, args, outcome, took })
}

/// `/lib/libc.so.6(accept4+0x58) [0x10afa8]`
fn parse_frame(text: &[u8]) -> Kind<'_> {
    let Some(open) = memchr::memchr(b'(', text) else { return Kind::Unknown };
    let (file, rest) = text.split_at(open);
    let Some(close) = memchr::memmem::rfind(rest, b") [") else { return Kind::Unknown };
    let inside = rest.get(1..close).unwrap_or_default();
    let offset = rest.get(close + 3..).and_then(outcome::leading_number);
    let offset = offset.and_then(|offset| u64::try_from(offset).ok()).unwrap_or(0);
    let function = memchr::memmem::rfind(inside, b"+0x").and_then(|plus| inside.get(..plus));
    Kind::Frame(Frame { file, function: function.unwrap_or(inside), offset })
}

/// The start of a call whose line has not ended yet: what a live trace shows while a thread sleeps.
#[must_use]
pub fn parse_started(line: &[u8]) -> Option<Line<'_>> {
    let (thread, rest) = prefix::thread(line);
    let (at, rest) = prefix::time(rest);
    let (name, rest) = scan::name(rest)?;
    let kind = Kind::Unfinished { name, args: rest.strip_prefix(b"(")? };
    Some(Line { thread, at, kind })
}

#[cfg(test)]
mod tests;
