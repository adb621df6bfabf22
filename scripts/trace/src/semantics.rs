//! What the calls of a server mean: which client connected, what it sent, and what it was sent.
//!
//! [`ConnectionTable::apply`] takes one call after the other, in the order of the log, and returns what happened.
//! It remembers which descriptor is which client, and what each has sent so far.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

mod apply;
mod connections;
mod manage;
mod payload;
mod readiness;
mod words;

pub use connections::{ConnectionTable, FdKind};
pub use payload::{Carried, Payload, Side, StreamDecoder};
pub use readiness::poll_timeout;
pub use words::{describe, readable};

/// A client of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// How many clients were accepted before it.
    pub number: usize,
    /// `client 127.0.0.1:40960`, or `client A` if we know its name.
    pub name: Arc<str>,
    /// Its address, if the log has it.
    pub addr: Option<SocketAddr>,
}

/// What a call has done, and for which client.
#[derive(Debug, PartialEq, Eq)]
pub struct Attributed<'a> {
    /// The client; `None` if the call was not about one.
    pub client: Option<Client>,
    /// What the call has done.
    pub event: Event<'a>,
}

impl<'a> From<Event<'a>> for Attributed<'a> {
    fn from(event: Event<'a>) -> Self {
        Self { client: None, event }
    }
}

/// What a call waits for: for sockets, and perhaps for one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The client, if the call can wait for no other.
    pub client: Option<Client>,
}

/// What a call has done, or has tried to.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Something that is not about sockets.
    Background,
    /// It wrote to a file that is no socket: to the terminal, or to the log.
    Wrote {
        /// 1 is standard output; 2 and all others are the log.
        fd: i32,
        /// What it wrote.
        text: Vec<u8>,
        /// Whether the trace shows only its start.
        is_cut: bool,
    },
    /// A new socket, still without an address.
    SocketCreated(i32),
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
    Listening {
        /// Where.
        addr: Option<SocketAddr>,
        /// How many may wait to be accepted.
        backlog: &'a [u8],
    },
    /// It asked for the address of a socket.
    AddressQueried(Option<SocketAddr>),
    /// From now on, no call on it waits, or calls wait again.
    BlockingSet {
        /// Which descriptor.
        fd: i32,
        /// Whether calls wait.
        is_blocking: bool,
    },
    /// A list of sockets to watch.
    EpollCreated(i32),
    /// The list has got a second descriptor.
    EpollDuplicated(i32),
    /// The list was changed.
    Interest(Interest),
    /// A client was taken from the queue.
    Accepted(i32),
    /// The queue was empty.
    QueueEmpty,
    /// Bytes of a client were read.
    Received(Payload),
    /// So many bytes of a client were looked at; the next call reads them.
    Peeked(usize),
    /// No byte of it had arrived.
    NothingToRead,
    /// The client has closed its side: it will send nothing more.
    EndOfStream,
    /// It has waited as long as the socket may wait.
    TimedOut,
    /// Bytes were sent to a client.
    Sent {
        /// Which.
        payload: Payload,
        /// How many bytes the server wanted to send.
        requested: usize,
    },
    /// The client does not read what it was sent, and the kernel takes no more for it.
    SendBufferFull,
    /// Some of the watched sockets are ready.
    Ready(Vec<Ready>),
    /// None was, for as long as the server wanted to wait.
    NoneReady(Option<Duration>),
    /// This program has connected to a server.
    Connected(Option<SocketAddr>),
    /// The connection will carry nothing more in one direction, or in both.
    ShutDown,
    /// The descriptor was closed.
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
pub enum Interest {
    /// A socket was added.
    Added(i32),
    /// The kernel is asked to report it once more.
    Modified(i32),
    /// A socket was removed.
    Removed(i32),
}

/// A watched socket that is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// Which client's it is; `None` if it is that for new clients.
    pub client: Option<Client>,
    /// Whether it is the socket that listens.
    pub is_listener: bool,
    /// There is something to read, or to accept.
    pub can_read: bool,
    /// The client has hung up.
    pub has_hung_up: bool,
}

#[cfg(test)]
mod tests;
