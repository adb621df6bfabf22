//! What each kind of call means: written once, under the first of its kind.

use crate::semantics::{Event, Interest};
use crate::strace::Class;

/// The notes on what a call has done: on the call, and on what is special this time.
pub(super) fn on(call: &str, event: &Event<'_>) -> [&'static str; 2] {
    match event {
        Event::Received(payload) if payload.unfinished > 0 => [RECEIVED, PART],
        Event::Received(payload) if payload.items.len() > 1 => [RECEIVED, PIPELINE],
        Event::Sent { payload, requested } if payload.bytes < *requested => [SENT, SENT_IN_PART],
        Event::NoneReady(_) => [EPOLL, TIMER],
        Event::Received(_) => [RECEIVED, ""],
        Event::Sent { .. } => [SENT, ""],
        Event::Ready(_) if Class::of(call) == Class::Epoll => [EPOLL, ""],
        _ => [on_setup(event), on_traffic(event)],
    }
}

const RECEIVED: &str = "copies what has arrived from this client out of the kernel";
const PART: &str =
    "TCP carries a stream of bytes, not messages: the server keeps this until the rest comes";
const PIPELINE: &str = "the client did not wait for a reply before it asked again: pipelining";
const SENT: &str = "hands the reply to the kernel, which sends it; it may not have arrived yet";
const SENT_IN_PART: &str =
    "the kernel takes no more than it has room for: this client does not read as fast as we answer";
const EPOLL: &str = "tells which of the watched sockets are ready, and sleeps only while none is";
const TIMER: &str = "nobody spoke, but there is something to do: a key is due to expire";

/// How the server makes itself ready.
fn on_setup(event: &Event<'_>) -> &'static str {
    match event {
        Event::SocketCreated(_) => {
            "one end of a conversation, still without an address; the kernel keeps it, we get a number for it"
        }
        Event::OptionSet { option: "SO_REUSEADDR", .. } => {
            "so that a restart gets the port at once, while old connections are in TIME_WAIT"
        }
        Event::OptionSet { option: "TCP_NODELAY", .. } => {
            "send each reply at once, do not collect small ones (Nagle's algorithm)"
        }
        Event::Bound(_) => "gives the socket its address: the one that clients call",
        Event::Listening { .. } => {
            "from now on the kernel completes the handshakes of clients by itself, and keeps those who wait in a queue of this length: connected, but not accepted"
        }
        Event::AddressQueried(_) => {
            "asks which address it has got: for port 0 the kernel chooses a free one"
        }
        Event::BlockingSet { is_blocking: false, .. } => {
            "from now on no call on it waits: where it would have to, it says EAGAIN"
        }
        Event::EpollCreated(_) => {
            "the kernel keeps it, and tells which of the sockets on it are ready"
        }
        Event::Interest(Interest::Added(_)) => {
            "EPOLLET: it will be told once when something new comes, and not again"
        }
        Event::Interest(Interest::Modified(_)) => {
            "there is more to read, but others have their turn first"
        }
        _ => "",
    }
}

/// How it serves clients.
fn on_traffic(event: &Event<'_>) -> &'static str {
    match event {
        Event::Accepted(_) => {
            "takes the next client from the kernel's queue. Its handshake is long over; the new descriptor is for it alone"
        }
        Event::EndOfStream => "0 bytes mean that it will never send again: its FIN has come",
        Event::QueueEmpty | Event::NothingToRead => {
            "nothing there right now: a non-blocking socket says so (EAGAIN) instead of waiting"
        }
        Event::TimedOut => {
            "the socket has a timeout (SO_RCVTIMEO or SO_SNDTIMEO): a call on it waits so long, and then says EAGAIN"
        }
        Event::SendBufferFull => {
            "no room right now: a non-blocking socket says so (EAGAIN) instead of waiting"
        }
        Event::Ready(_) => "tells which of these sockets are ready, and sleeps only while none is",
        Event::Closed { .. } => "gives the number back: the next client may get the same one",
        Event::ShutDown => {
            "says goodbye in one direction, or in both; the descriptor stays until it is closed"
        }
        _ => "",
    }
}

/// The note on a call that has slept.
pub(super) fn on_sleep(call: &str) -> &'static str {
    match Class::of(call) {
        Class::Accept => {
            "the queue was empty. The kernel has put the thread to sleep: no CPU is used"
        }
        Class::Read => {
            "nothing had arrived. The thread sleeps until this client speaks or leaves, and meanwhile it hears nobody else"
        }
        Class::Write => {
            "the kernel has no room for more: the client does not read. Meanwhile the thread hears nobody else"
        }
        Class::Restarted => {
            "it slept already when strace came: the kernel has begun the call again, and strace cannot see which it is"
        }
        _ => "it sleeps for all clients at the same time: whoever speaks first wakes it",
    }
}
