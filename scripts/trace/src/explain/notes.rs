//! What each kind of call means: told once, under the first of its kind.

use crate::semantics::{Event, Watch};

/// What there is to know about a kind of call, by a name that is ours.
const NOTES: [(&str, &str); 29] = [
    (
        "socket",
        "one end of a conversation, still without an address; the kernel keeps it, we get a number for it",
    ),
    (
        "SO_REUSEADDR",
        "so that a restart gets the port at once, while old connections are in TIME_WAIT",
    ),
    ("TCP_NODELAY", "send each reply at once, do not collect small ones (Nagle's algorithm)"),
    ("bind", "gives the socket its address: the one that clients call"),
    (
        "listen",
        "from now on the kernel completes the handshakes of clients by itself, and keeps those who wait in a queue of this length: connected, but not accepted",
    ),
    ("getsockname", "asks which address it has got: for port 0 the kernel chooses a free one"),
    ("non-blocking", "from now on no call on it waits: where it would have to, it says EAGAIN"),
    ("epoll_create1", "the kernel keeps it, and tells which of the sockets on it are ready"),
    ("epoll_ctl", "EPOLLET: it will be told once when something new comes, and not again"),
    ("again", "there is more to read, but others have their turn first"),
    (
        "accept4",
        "takes the next client from the kernel's queue. Its handshake is long over; the new descriptor is for it alone",
    ),
    (
        "asleep in accept",
        "the queue was empty. The kernel has put the thread to sleep: no CPU is used",
    ),
    ("recvfrom", "copies what has arrived from this client out of the kernel"),
    (
        "asleep in recvfrom",
        "nothing had arrived. The thread sleeps until this client speaks or leaves, and meanwhile it hears nobody else",
    ),
    (
        "part",
        "TCP carries a stream of bytes, not messages: the server keeps this until the rest comes",
    ),
    ("pipeline", "the client did not wait for a reply before it asked again: pipelining"),
    ("left", "0 bytes mean that it will never send again: its FIN has come"),
    ("sendto", "hands the reply to the kernel, which sends it; it may not have arrived yet"),
    (
        "asleep in sendto",
        "the kernel has no room for more: the client does not read. Meanwhile the thread hears nobody else",
    ),
    (
        "partly",
        "the kernel takes no more than it has room for: this client does not read as fast as we answer",
    ),
    (
        "EAGAIN",
        "nothing there right now: a non-blocking socket says so (EAGAIN) instead of waiting",
    ),
    (
        "gave up",
        "the socket has a timeout (SO_RCVTIMEO or SO_SNDTIMEO): a call on it waits so long, and then says EAGAIN",
    ),
    ("full", "no room right now: a non-blocking socket says so (EAGAIN) instead of waiting"),
    ("epoll_wait", "tells which of the watched sockets are ready, and sleeps only while none is"),
    (
        "asleep in epoll",
        "it sleeps for all clients at the same time: whoever speaks first wakes it",
    ),
    ("poll", "tells which of these sockets are ready, and sleeps only while none is"),
    ("time", "nobody spoke, but there is something to do: a key is due to expire"),
    ("close", "gives the number back: the next client may get the same one"),
    (
        "shutdown",
        "says goodbye in one direction, or in both; the descriptor stays until it is closed",
    ),
];

/// Which notes were told already.
#[derive(Debug, Default)]
pub(super) struct Notes {
    told: [bool; NOTES.len()],
}

impl Notes {
    /// The notes that are new with what a call has done.
    pub(super) fn on(
        &mut self,
        call: &str,
        what: &Event<'_>,
    ) -> impl Iterator<Item = &'static str> {
        names(call, what).into_iter().filter_map(|name| self.once(name))
    }

    /// The note on a call that has slept, if it is new.
    pub(super) fn on_sleep(&mut self, call: &str) -> Option<&'static str> {
        match call {
            "accept" | "accept4" => self.once("asleep in accept"),
            "recvfrom" | "recvmsg" | "recv" | "read" | "readv" => self.once("asleep in recvfrom"),
            "sendto" | "sendmsg" | "send" | "write" | "writev" => self.once("asleep in sendto"),
            _ => self.once("asleep in epoll"),
        }
    }

    fn once(&mut self, name: &str) -> Option<&'static str> {
        let place = NOTES.iter().position(|(of, _)| *of == name)?;
        let is_new = !std::mem::replace(self.told.get_mut(place)?, true);
        NOTES.get(place).map(|(_, note)| *note).filter(|_| is_new)
    }
}

/// The names of the notes that explain this: of the call, and of what is special this time.
fn names(call: &str, what: &Event<'_>) -> [&'static str; 2] {
    let one = |name| [name, ""];
    match what {
        Event::SocketMade(_) => one("socket"),
        Event::OptionSet { option: "SO_REUSEADDR", .. } => one("SO_REUSEADDR"),
        Event::OptionSet { option: "TCP_NODELAY", .. } => one("TCP_NODELAY"),
        Event::Bound(_) => one("bind"),
        Event::Listens { .. } => one("listen"),
        Event::AddressAsked(_) => one("getsockname"),
        Event::MadeNonBlocking(_) => one("non-blocking"),
        Event::PollMade(_) => one("epoll_create1"),
        Event::Watch(Watch::Added(_)) => one("epoll_ctl"),
        Event::Watch(Watch::Changed(_)) => one("again"),
        Event::Accepted(_) => one("accept4"),
        Event::Said(speech) if speech.unfinished > 0 => ["recvfrom", "part"],
        Event::Said(speech) if speech.items.len() > 1 => ["recvfrom", "pipeline"],
        Event::Said(_) => one("recvfrom"),
        Event::Left => one("left"),
        Event::Answered { speech, wanted } if speech.bytes < *wanted => ["sendto", "partly"],
        Event::Answered { .. } => one("sendto"),
        Event::NobodyWaits | Event::NothingSaid => one("EAGAIN"),
        Event::GaveUp => one("gave up"),
        Event::Full => one("full"),
        Event::Woke(_) if call.starts_with("epoll") => one("epoll_wait"),
        Event::Woke(_) => one("poll"),
        Event::TimeWasUp(_) => ["epoll_wait", "time"],
        Event::Closed { .. } => one("close"),
        Event::ShutDown => one("shutdown"),
        _ => one(""),
    }
}
