//! Plain sentences: what a call has done, and what a sleeping one waits for.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use crate::duration::Human;
use crate::semantics::{Attributed, Client, Event, Interest, Ready};
use crate::strace::{Call, Class, field, leading_number};

use super::payload::{list, received, sent};

/// Says what has happened.
pub fn say(attributed: &Attributed<'_>, call: &Call<'_>, out: &mut String) {
    let client = attributed.client.as_ref();
    let who = client.map_or("nobody", |client| &client.name);
    _ = match &attributed.event {
        Event::Received(payload) => return received(who, payload, out),
        Event::Sent { payload, requested } => return sent(who, payload, *requested, out),
        Event::Ready(ready) => return woke(ready, out),
        Event::Interest(interest) => interest_changed(*interest, client, out),
        Event::Accepted(fd) => accepted(client, *fd, out),
        Event::QueueEmpty => write!(out, "no other client waits to be accepted (EAGAIN)"),
        Event::NothingToRead => write!(out, "{who} has said nothing new (EAGAIN)"),
        Event::Peeked(1) => write!(out, "looked at 1 byte of {who} and left it there (MSG_PEEK)"),
        Event::Peeked(count) => {
            write!(out, "looked at {count} bytes of {who} and left them there (MSG_PEEK)")
        }
        Event::TimedOut => write!(out, "it has waited as long as it may (EAGAIN)"),
        Event::EndOfStream => write!(out, "{who} has closed its side (read 0 bytes)"),
        Event::SendBufferFull => write!(out, "{who} does not read: no room for more (EAGAIN)"),
        Event::NoneReady(Some(timeout)) if !timeout.is_zero() => {
            write!(out, "woke by itself, after the {} it had given itself", Human(*timeout))
        }
        Event::NoneReady(_) => write!(out, "looked and went on: nothing is ready"),
        Event::Closed { fd, is_listener } => match client {
            Some(client) => write!(out, "closed descriptor {fd}: {} is gone", client.name),
            None if *is_listener => write!(out, "closed descriptor {fd}: nobody can connect now"),
            None => write!(out, "closed descriptor {fd}"),
        },
        Event::ShutDown => write!(out, "said goodbye to {who}"),
        Event::Interrupted => write!(out, "a signal came while it slept"),
        Event::NeverReturned => write!(out, "the program has ended in it"),
        Event::Failed => failed(call, out),
        Event::Wrote { text, is_cut, .. } => {
            let text = String::from_utf8_lossy(text.trim_ascii());
            write!(out, "printed: {text}{}", if *is_cut { "…" } else { "" })
        }
        other => return set_up(other, call, out),
    };
}

/// Says how the server has made itself ready.
fn set_up(event: &Event<'_>, call: &Call<'_>, out: &mut String) {
    _ = match event {
        Event::SocketCreated(fd) => write!(out, "made a TCP socket, with descriptor {fd}"),
        Event::OptionSet { fd, option } => write!(out, "set {option} on descriptor {fd}"),
        Event::Bound(Some(addr)) if addr.port() == 0 => {
            write!(out, "bound it to {}, to any port that is free", addr.ip())
        }
        Event::Bound(Some(addr)) => write!(out, "bound it to {addr}"),
        Event::Bound(None) => write!(out, "bound it to an address"),
        Event::Listening { addr, backlog } => {
            let addr = addr.map(|addr| format!(" at {addr}")).unwrap_or_default();
            write!(out, "listens{addr}; queue length {}", String::from_utf8_lossy(backlog))
        }
        Event::AddressQueried(Some(addr)) => write!(out, "asked for its address: {addr}"),
        Event::BlockingSet { fd, is_blocking: true } => {
            write!(out, "made descriptor {fd} blocking again")
        }
        Event::BlockingSet { fd, .. } => write!(out, "made descriptor {fd} non-blocking"),
        Event::EpollCreated(fd) => {
            write!(out, "made a list of sockets to watch, with descriptor {fd}")
        }
        Event::EpollDuplicated(fd) => write!(out, "got a second descriptor for that list: {fd}"),
        Event::Connected(addr) => {
            let addr =
                addr.map_or_else(|| "a server".to_owned(), |addr: SocketAddr| addr.to_string());
            write!(out, "connected to {addr}")
        }
        _ => write!(out, "returned {}", call.outcome.value.unwrap_or_default()),
    };
}

/// Says what a call waits for, or has waited for so long.
pub fn wait(call: &str, client: Option<&Client>, took: Option<Duration>, out: &mut String) {
    let who = client.map_or("the client", |client| &client.name);
    let is_over = took.is_some();
    let long = took.map(|took| format!(" {}", Human(took))).unwrap_or_default();
    let either = |over, now| if is_over { over } else { now };
    let asleep = format!("asleep in {call}{long}");
    _ = match Class::of(call) {
        Class::Accept if is_over => {
            write!(out, "waited{long} for a client to connect (asleep in {call})")
        }
        Class::Accept => write!(out, "{asleep}: no client connects"),
        Class::Read => write!(out, "{asleep}: {who} {}", either("said nothing", "says nothing")),
        Class::Write => write!(out, "{asleep}: {who} {}", either("did not read", "does not read")),
        Class::Connect => write!(out, "{asleep}: the server did not answer"),
        Class::Restarted => write!(out, "{asleep}, a call that began before the trace"),
        _ => write!(out, "{asleep}: {}", either("nobody spoke", "nobody speaks")),
    };
}

fn accepted(client: Option<&Client>, fd: i32, out: &mut String) -> std::fmt::Result {
    let Some(client) = client else { return write!(out, "accepted a client as descriptor {fd}") };
    let name = &client.name;
    match client.addr.map(|addr| addr.to_string()).filter(|addr| !name.ends_with(addr.as_str())) {
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
    match &ready.client {
        _ if ready.is_listener => "a client wants to connect".to_owned(),
        Some(client) if ready.has_hung_up => format!("{} has hung up", client.name),
        Some(client) if ready.can_read => format!("{} has said something", client.name),
        Some(client) => format!("{} can be sent more", client.name),
        None => "something else is ready".to_owned(),
    }
}

fn interest_changed(
    interest: Interest,
    client: Option<&Client>,
    out: &mut String,
) -> std::fmt::Result {
    let whose = client.map_or("the socket for new clients", |client| &client.name);
    match interest {
        Interest::Added(fd) => write!(out, "watches {whose} (descriptor {fd}) from now on"),
        Interest::Modified(_) => write!(out, "asks to be told again about {whose}"),
        Interest::Removed(_) => write!(out, "does not watch {whose} any more"),
    }
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

/// A signal, in words.
pub(super) fn signal(name: &str, details: &[u8], out: &mut String) {
    let from = field(details, b"si_pid=").and_then(leading_number);
    let from = from.map(|pid| format!(" (from process {pid})")).unwrap_or_default();
    _ = match name {
        // The terminal's signals come from the kernel, those of kill from a process.
        "SIGINT" if field(details, b"SI_KERNEL").is_some() => {
            write!(out, "somebody has pressed Ctrl-C")
        }
        "SIGINT" | "SIGTERM" => write!(out, "somebody asks the program to end{from}"),
        _ => write!(out, "a signal came{from}"),
    };
}
