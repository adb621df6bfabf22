//! Who is there: which descriptor is which client, and what each has said so far.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use shared::buffer::ReadBuffer;

use crate::strace::{descriptor, label, local, peer};

use super::{Payload, Ready, StreamDecoder, Who};

/// More descriptors than this cannot be open: a garbled log must not fill our memory.
pub(super) const MOST: usize = 65_536;

/// What a descriptor stands for.
#[derive(Debug)]
pub enum FdKind {
    /// A socket that is not connected and does not listen.
    Socket,
    /// The socket where clients come in.
    Listener(Option<SocketAddr>),
    /// A client.
    Client(Box<Client>),
    /// A list of sockets to watch.
    Poll,
    /// A connection that this program has made.
    Outgoing,
    /// A socket that is not TCP: it leads to a program of this machine, to the kernel, or is UDP.
    Foreign,
}

/// A client that is connected.
#[derive(Debug)]
pub struct Client {
    pub(super) who: Who,
    pub(super) requests: StreamDecoder,
    pub(super) replies: StreamDecoder,
}

/// All that the log has told so far.
#[derive(Debug, Default)]
pub struct ConnectionTable {
    pub(super) things: HashMap<i32, FdKind>,
    /// Which descriptor epoll means by a number, and the number by which it means a descriptor.
    pub(super) tokens: HashMap<u64, i32>,
    pub(super) token_of: HashMap<i32, u64>,
    /// The sockets on which no call waits.
    pub(super) non_blocking: HashSet<i32>,
    names: HashMap<u16, String>,
    clients: usize,
    pub(super) speech: Payload,
    /// Lent to one connection after the other.
    pub(super) spare: ReadBuffer,
    pub(super) ready: Vec<Ready>,
}

impl ConnectionTable {
    /// An empty scene. `names` are those of clients, by the port that they come from.
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
        self.things.values().any(|thing| {
            matches!(thing, FdKind::Client(client) if client.who.addr.is_some_and(|addr| addr.port() == port))
        })
    }

    /// The client behind a descriptor.
    #[must_use]
    pub fn client(&self, fd: i32) -> Option<&Who> {
        match self.things.get(&fd)? {
            FdKind::Client(client) => Some(&client.who),
            _ => None,
        }
    }

    pub(super) fn set(&mut self, fd: Option<i32>, thing: FdKind) {
        if let Some(fd) = fd.filter(|_| self.things.len() < MOST) {
            self.things.insert(fd, thing);
        }
    }

    /// Notes whether calls on a descriptor wait, by the flags that it is made with.
    pub(super) fn note_waiting(&mut self, fd: i32, flags: &[u8]) {
        self.non_blocking.remove(&fd);
        if memchr::memmem::find(flags, b"NONBLOCK").is_some() && self.non_blocking.len() < MOST {
            self.non_blocking.insert(fd);
        }
    }

    /// Notes that a client is behind this descriptor from now on.
    pub(super) fn meet(&mut self, fd: i32, addr: Option<SocketAddr>) -> Who {
        let name = match addr {
            Some(addr) => match self.names.get(&addr.port()) {
                Some(name) => format!("client {name}"),
                None => format!("client {addr}"),
            },
            None => format!("client on descriptor {fd}"),
        };
        let who = Who { number: self.clients, name: Arc::from(name), addr };
        self.clients += 1;
        let (requests, replies) = (StreamDecoder::default(), StreamDecoder::default());
        self.set(
            Some(fd),
            FdKind::Client(Box::new(Client { who: who.clone(), requests, replies })),
        );
        who
    }

    /// What the descriptor in an argument stands for. If the log begins in the middle of things, the
    /// label that `-yy` gives it says so.
    pub(super) fn recognise(&mut self, arg: &[u8]) -> Option<i32> {
        let fd = descriptor(arg)?;
        if !self.things.contains_key(&fd) {
            let label = label(arg);
            if let Some(addr) = peer(label).filter(|_| label.starts_with(b"TCP")) {
                self.meet(fd, Some(addr));
            } else if label == b"anon_inode:[eventpoll]" {
                self.set(Some(fd), FdKind::Poll);
            } else if label.starts_with(b"TCP") {
                self.set(Some(fd), FdKind::Listener(local(label)));
            } else if label.first().is_some_and(u8::is_ascii_uppercase) {
                // `UNIX-STREAM:[5082347]`, `NETLINK:[ROUTE:28213]`, `UDP:[…]`
                self.set(Some(fd), FdKind::Foreign);
            }
        }
        Some(fd)
    }

    /// The client behind the descriptor of a call that only sockets know, whoever it is.
    pub(super) fn recognise_client(&mut self, arg: &[u8]) -> Option<i32> {
        let fd = self.recognise(arg)?;
        if !self.things.contains_key(&fd) {
            self.meet(fd, None);
        }
        Some(fd)
    }

    /// Whether the descriptor is a socket of TCP, or a list of sockets.
    #[must_use]
    pub fn is_socket(&self, fd: i32) -> bool {
        self.things.contains_key(&fd) && !self.is_foreign(fd)
    }

    /// Whether the descriptor is a socket that is not TCP.
    pub(crate) fn is_foreign(&self, fd: i32) -> bool {
        matches!(self.things.get(&fd), Some(FdKind::Foreign))
    }
}
