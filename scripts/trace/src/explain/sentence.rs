//! Plain sentences: what a call has done, and what a sleeping one waits for.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use crate::semantics::{Attributed, Event, Ready, Watch, Who, readable};
use crate::strace::Call;

use super::speech::{answered, list, said};
use crate::duration::Human;

/// Says what has happened.
pub fn say(moment: &Attributed<'_>, call: &Call<'_>, out: &mut String) {
    let who = moment.who.as_ref().map_or("nobody", |who| &who.name);
    _ = match &moment.what {
        Event::Said(speech) => return said(who, speech, out),
        Event::Answered { speech, wanted } => return answered(who, speech, *wanted, out),
        Event::Woke(ready) => return woke(ready, out),
        Event::Watch(change) => return watch(*change, moment.who.as_ref(), out),
        Event::Accepted(fd) => accepted(moment.who.as_ref(), *fd, out),
        Event::NobodyWaits => write!(out, "no other client waits to be accepted (EAGAIN)"),
        Event::NothingSaid => write!(out, "{who} has said nothing new (EAGAIN)"),
        Event::Peeked(1) => write!(out, "looked at 1 byte of {who} and left it there (MSG_PEEK)"),
        Event::Peeked(count) => {
            write!(out, "looked at {count} bytes of {who} and left them there (MSG_PEEK)")
        }
        Event::GaveUp => write!(out, "it has waited as long as it may (EAGAIN)"),
        Event::Left => write!(out, "{who} has closed its side (read 0 bytes)"),
        Event::Full => write!(out, "{who} does not read: no room for more (EAGAIN)"),
        Event::TimeWasUp(patience) => match patience {
            Some(patience) if !patience.is_zero() => {
                write!(out, "woke by itself, after the {} it had given itself", Human(*patience))
            }
            _ => write!(out, "looked and went on: nothing is ready"),
        },
        Event::Closed { fd, is_listener } => match &moment.who {
            Some(who) => write!(out, "closed descriptor {fd}: {} is gone", who.name),
            None if *is_listener => write!(out, "closed descriptor {fd}: nobody can connect now"),
            None => write!(out, "closed descriptor {fd}"),
        },
        Event::ShutDown => write!(out, "said goodbye to {who}"),
        Event::Interrupted => write!(out, "a signal came while it slept"),
        Event::NeverReturned => write!(out, "the program has ended in it"),
        Event::Failed => failed(call, out),
        Event::Wrote { text, is_cut, .. } => {
            write!(out, "printed: {}{}", printed(text), if *is_cut { "…" } else { "" })
        }
        other => return set_up(other, call, out),
    };
}

/// Says how the server has made itself ready.
fn set_up(what: &Event<'_>, call: &Call<'_>, out: &mut String) {
    _ = match what {
        Event::SocketMade(fd) => write!(out, "made a TCP socket, with descriptor {fd}"),
        Event::OptionSet { fd, option } => write!(out, "set {option} on descriptor {fd}"),
        Event::Bound(Some(addr)) if addr.port() == 0 => {
            write!(out, "bound it to {}, to any port that is free", addr.ip())
        }
        Event::Bound(Some(addr)) => write!(out, "bound it to {addr}"),
        Event::Bound(None) => write!(out, "bound it to an address"),
        Event::Listens { addr, backlog } => {
            let addr = addr.map(|addr| format!(" at {addr}")).unwrap_or_default();
            write!(out, "listens{addr}; queue length {}", String::from_utf8_lossy(backlog))
        }
        Event::AddressAsked(Some(addr)) => write!(out, "asked for its address: {addr}"),
        Event::MadeNonBlocking(fd) => write!(out, "made descriptor {fd} non-blocking"),
        Event::PollMade(fd) => write!(out, "made a list of sockets to watch, with descriptor {fd}"),
        Event::PollCopied(fd) => write!(out, "got a second descriptor for that list: {fd}"),
        Event::Connected(addr) => {
            let addr =
                addr.map_or_else(|| "a server".to_owned(), |addr: SocketAddr| addr.to_string());
            write!(out, "connected to {addr}")
        }
        _ => write!(out, "returned {}", call.outcome.value.unwrap_or_default()),
    };
}

/// Says what a call waits for, or has waited for.
pub(super) fn wait(call: &str, who: Option<&Who>, took: Option<Duration>, out: &mut String) {
    let who = who.map_or("the client", |who| &who.name);
    let long = took.map(|took| format!(" {}", Human(took))).unwrap_or_default();
    let (says, reads) = if took.is_some() {
        ("said nothing", "did not read")
    } else {
        ("says nothing", "does not read")
    };
    _ = match call {
        "accept" | "accept4" if took.is_some() => {
            write!(out, "waited{long} for a client to connect (asleep in {call})")
        }
        "accept" | "accept4" => write!(out, "asleep in {call}: no client connects"),
        "recvfrom" | "recvmsg" | "recv" | "read" | "readv" => {
            write!(out, "asleep in {call}{long}: {who} {says}")
        }
        "sendto" | "sendmsg" | "send" | "write" | "writev" => {
            write!(out, "asleep in {call}{long}: {who} {reads}")
        }
        "connect" => write!(out, "asleep in {call}{long}: the server did not answer"),
        _ => {
            let nobody = if took.is_some() { "nobody spoke" } else { "nobody speaks" };
            write!(out, "asleep in {call}{long}: {nobody}")
        }
    };
}

fn accepted(who: Option<&Who>, fd: i32, out: &mut String) -> std::fmt::Result {
    let Some(who) = who else { return write!(out, "accepted a client as descriptor {fd}") };
    let name = &who.name;
    match who.addr.map(|addr| addr.to_string()).filter(|addr| !name.ends_with(addr.as_str())) {
        Some(addr) => write!(out, "accepted {name} ({addr}) as descriptor {fd}"),
        None => write!(out, "accepted {name} as descriptor {fd}"),
    }
}

fn woke(ready: &[Ready], out: &mut String) {
    if ready.is_empty() {
        // strace does not say what, after a call that was interrupted and went on.
        out.push_str("woke: something is ready");
        return;
    }
    let items: Vec<String> = ready.iter().map(why_awake).collect();
    out.push_str("woke: ");
    list(&items, out);
}

fn why_awake(ready: &Ready) -> String {
    match &ready.who {
        _ if ready.is_listener => "a client wants to connect".to_owned(),
        Some(who) if ready.has_hung_up => format!("{} has hung up", who.name),
        Some(who) if ready.can_read => format!("{} has said something", who.name),
        Some(who) => format!("{} can be sent more", who.name),
        None => "something else is ready".to_owned(),
    }
}

fn watch(change: Watch, who: Option<&Who>, out: &mut String) {
    let (Watch::Added(fd) | Watch::Changed(fd) | Watch::Removed(fd)) = change;
    let whose =
        who.map_or_else(|| "the socket for new clients".to_owned(), |who| who.name.to_string());
    _ = match change {
        Watch::Added(_) => write!(out, "watches {whose} (descriptor {fd}) from now on"),
        Watch::Changed(_) => write!(out, "asks to be told again about {whose}"),
        Watch::Removed(_) => write!(out, "does not watch {whose} any more"),
    };
}

fn failed(call: &Call<'_>, out: &mut String) -> std::fmt::Result {
    let words = String::from_utf8_lossy(call.outcome.note);
    let hint = match call.outcome.error {
        "EADDRINUSE" => ": another program has this port",
        "ECONNRESET" | "EPIPE" => ": the client is gone without a goodbye",
        "EMFILE" => ": too many open files",
        _ => "",
    };
    write!(out, "failed: {} ({words}){hint}", call.outcome.error)
}

fn printed(text: &[u8]) -> String {
    String::from_utf8_lossy(text.trim_ascii())
        .chars()
        .filter(|letter| !letter.is_control())
        .collect()
}

/// A signal, in words.
pub(super) fn signal(name: &str, details: &[u8], out: &mut String) {
    let from = crate::strace::field(details, b"si_pid=").map(|digits| {
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        readable(digits.get(..end).unwrap_or_default())
    });
    let from = from.map(|pid| format!(" (from process {pid})")).unwrap_or_default();
    _ = match name {
        // The terminal's signals come from the kernel, those of kill from a process.
        "SIGINT" if crate::strace::field(details, b"SI_KERNEL").is_some() => {
            write!(out, "somebody has pressed Ctrl-C")
        }
        "SIGINT" | "SIGTERM" => write!(out, "somebody asks the program to end{from}"),
        _ => write!(out, "a signal came{from}"),
    };
}
