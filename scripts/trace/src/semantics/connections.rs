//! Which descriptor is which client, and what each has sent so far.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use crate::strace::{descriptor, label, local, peer};

use super::{Client, StreamDecoder};

/// More descriptors than this cannot be open: a garbled log must not fill our memory.
pub(super) const MOST: usize = 65_536;

/// What a descriptor stands for.
#[derive(Debug)]
pub enum FdKind {
    /// A socket that is not connected and does not listen.
    Socket,
    /// The socket where clients come in.
    Listener(Option<SocketAddr>),
    /// The connection of a client.
    Connection(Box<Connection>),
    /// A list of sockets to watch.
    Epoll,
    /// A connection that this program has made.
    Outgoing,
    /// A socket that is not TCP: it leads to a program of this machine, to the kernel, or is UDP.
    Foreign,
}

/// The connection of a client.
#[derive(Debug)]
pub struct Connection {
    pub(super) client: Client,
    pub(super) requests: StreamDecoder,
    pub(super) replies: StreamDecoder,
}

/// All that is known from the log so far.
#[derive(Debug, Default)]
pub struct ConnectionTable {
    pub(super) fds: HashMap<i32, FdKind>,
    /// Which descriptor epoll means by a number, and the number by which it means a descriptor.
    pub(super) tokens: HashMap<u64, i32>,
    pub(super) token_of: HashMap<i32, u64>,
    /// The sockets on which no call waits.
    pub(super) non_blocking: HashSet<i32>,
    names: HashMap<u16, String>,
    clients: usize,
}

impl ConnectionTable {
    /// An empty table. `names` are those of clients, by the port that they come from.
    #[must_use]
    pub fn new(names: HashMap<u16, String>) -> Self {
        Self { names, ..Self::default() }
    }

    /// How many clients there were, so far.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.clients
    }

    /// Whether a client that came from this port was accepted and has not been closed.
    #[must_use]
    pub fn serves(&self, port: u16) -> bool {
        let is_from = |client: &Client| client.addr.is_some_and(|addr| addr.port() == port);
        self.fds.keys().any(|fd| self.client(*fd).is_some_and(is_from))
    }

    /// The client behind a descriptor.
    #[must_use]
    pub fn client(&self, fd: i32) -> Option<&Client> {
        match self.fds.get(&fd)? {
            FdKind::Connection(connection) => Some(&connection.client),
            _ => None,
        }
    }

    pub(super) fn set(&mut self, fd: Option<i32>, kind: FdKind) {
        if let Some(fd) = fd.filter(|_| self.fds.len() < MOST) {
            self.fds.insert(fd, kind);
        }
    }

    /// Notes whether calls on a descriptor wait.
    pub(super) fn set_blocking(&mut self, fd: i32, is_blocking: bool) {
        if is_blocking {
            self.non_blocking.remove(&fd);
        } else if self.non_blocking.len() < MOST {
            self.non_blocking.insert(fd);
        }
    }

    /// Notes whether calls on a descriptor wait, by the flags that it is made with.
    pub(super) fn set_blocking_by(&mut self, fd: i32, flags: &[u8]) {
        self.set_blocking(fd, memchr::memmem::find(flags, b"NONBLOCK").is_none());
    }

    /// Notes that a client is behind this descriptor from now on.
    pub(super) fn register(&mut self, fd: i32, addr: Option<SocketAddr>) -> Client {
        let name = match addr {
            Some(addr) => match self.names.get(&addr.port()) {
                Some(name) => format!("client {name}"),
                None => format!("client {addr}"),
            },
            None => format!("client on descriptor {fd}"),
        };
        let client = Client { number: self.clients, name: Arc::from(name), addr };
        self.clients += 1;
        let (requests, replies) = (StreamDecoder::default(), StreamDecoder::default());
        let connection = Connection { client: client.clone(), requests, replies };
        self.set(Some(fd), FdKind::Connection(Box::new(connection)));
        client
    }

    /// The descriptor in an argument. If the log does not show how it was made, what it stands for is read from
    /// the label that `-yy` gives it.
    pub(super) fn recognise(&mut self, arg: &[u8]) -> Option<i32> {
        let fd = descriptor(arg)?;
        let label = label(arg);
        if !self.fds.contains_key(&fd) || self.is_other_client(fd, label) {
            if let Some(addr) = peer(label).filter(|_| label.starts_with(b"TCP")) {
                self.register(fd, Some(addr));
            } else if label == b"anon_inode:[eventpoll]" {
                self.set(Some(fd), FdKind::Epoll);
            } else if label.starts_with(b"TCP") {
                self.set(Some(fd), FdKind::Listener(local(label)));
            } else if label.first().is_some_and(u8::is_ascii_uppercase) {
                // `UNIX-STREAM:[5082347]`, `NETLINK:[ROUTE:28213]`, `UDP:[…]`
                self.set(Some(fd), FdKind::Foreign);
            }
        }
        Some(fd)
    }

    /// Whether the label tells of another client than the one that is known: a process has descriptors of its own.
    fn is_other_client(&self, fd: i32, label: &[u8]) -> bool {
        let known = self.client(fd).and_then(|client| client.addr);
        known.zip(peer(label)).is_some_and(|(known, now)| known.port() != now.port())
    }

    /// The descriptor of a call that only sockets know: if nothing is known about it, it is a client's.
    pub(super) fn recognise_client(&mut self, arg: &[u8]) -> Option<i32> {
        let fd = self.recognise(arg)?;
        if !self.fds.contains_key(&fd) {
            self.register(fd, None);
        }
        Some(fd)
    }

    /// Whether the descriptor is a socket of TCP, or a list of sockets.
    #[must_use]
    pub fn is_socket(&self, fd: i32) -> bool {
        self.fds.contains_key(&fd) && !self.is_foreign(fd)
    }

    /// Whether the descriptor is a socket that is not TCP.
    pub(crate) fn is_foreign(&self, fd: i32) -> bool {
        matches!(self.fds.get(&fd), Some(FdKind::Foreign))
    }
}
