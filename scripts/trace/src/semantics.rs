//! What the calls of a server mean: which client came, what it said, what it was told.
//!
//! [`ConnectionTable::see`] takes one call after the other, in the order of the log, and returns what happened.
//! It remembers which descriptor is which client, and what each has said so far.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

mod apply;
mod connections;
mod interest;
mod manage;
mod payload;
mod trouble;
mod words;

pub use connections::{ConnectionTable, FdKind};
pub use interest::patience;
pub use payload::{Carried, Payload, Side, StreamDecoder};
pub use words::{describe, readable};

/// A client, as others speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The how-manieth client it is, from 0.
    pub number: usize,
    /// `client 127.0.0.1:40960`, or `client A` if we know its name.
    pub name: Arc<str>,
    /// Where it is, if the log says so.
    pub addr: Option<SocketAddr>,
}

/// What a call has done.
#[derive(Debug, PartialEq, Eq)]
pub struct Attributed<'a> {
    /// With which client; `None` if it was not about one.
    pub who: Option<Who>,
    /// What.
    pub what: Event<'a>,
}

/// What a call has done, or has tried to.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Something that is not about sockets.
    Background,
    /// It wrote to a file that is no socket: to the terminal, or to the log.
    Wrote {
        /// 1 is what the program says, 2 and all others are its log.
        fd: i32,
        /// What it wrote.
        text: Vec<u8>,
        /// Whether the trace shows only its start.
        is_cut: bool,
    },
    /// A new socket, still without an address.
    SocketMade(i32),
    /// An option was set.
    OptionSet {
        /// Of which socket.
        fd: i32,
        /// Such as `TCP_NODELAY`.
        option: &'a str,
    },
    /// The socket has got an address to listen at.
    Bound(Option<SocketAddr>),
    /// Clients can connect from now on.
    Listens {
        /// Where.
        addr: Option<SocketAddr>,
        /// How many may wait to be accepted.
        backlog: &'a [u8],
    },
    /// It asked for the address of a socket.
    AddressAsked(Option<SocketAddr>),
    /// From now on, no call on it waits.
    MadeNonBlocking(i32),
    /// A list of sockets to watch.
    PollMade(i32),
    /// The list has got a second descriptor.
    PollCopied(i32),
    /// The list was changed.
    Watch(Watch),
    /// A client was taken from the queue.
    Accepted(i32),
    /// There was none.
    NobodyWaits,
    /// A client has said something.
    Said(&'a Payload),
    /// So many bytes of a client were looked at; the next call reads them.
    Peeked(usize),
    /// It had said nothing new.
    NothingSaid,
    /// It will say nothing more.
    Left,
    /// It has waited as long as the socket may wait.
    GaveUp,
    /// A client was answered.
    Answered {
        /// With what.
        speech: &'a Payload,
        /// How many bytes the server wanted to send.
        wanted: usize,
    },
    /// The client does not read what it was sent, and the kernel takes no more for it.
    Full,
    /// Some of the watched sockets are ready.
    Woke(&'a [Ready]),
    /// None was, for as long as the server wanted to wait.
    TimeWasUp(Option<Duration>),
    /// This program has connected to a server.
    Connected(Option<SocketAddr>),
    /// The connection will carry nothing more in one direction, or in both.
    ShutDown,
    /// The descriptor was given back.
    Closed {
        /// Which.
        fd: i32,
        /// What it was.
        is_listener: bool,
    },
    /// A signal has ended the call; it may be begun again.
    Interrupted,
    /// The program has ended in it.
    NeverReturned,
    /// It failed.
    Failed,
    /// Something about a socket for which there are no words.
    Other,
}

/// A change to the list of watched sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// A socket was added.
    Added(i32),
    /// The kernel is to tell again.
    Changed(i32),
    /// A socket was removed.
    Removed(i32),
}

/// A watched socket that is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Which client's it is; `None` if it is that for new clients.
    pub who: Option<Who>,
    /// Whether it is the socket that listens.
    pub is_listener: bool,
    /// There is something to read, or to accept.
    pub can_read: bool,
    /// The client has hung up.
    pub has_hung_up: bool,
}

#[cfg(test)]
mod tests;
