//! Which descriptor is which client, and whether a call on it may sleep.
//!
//! A client is known by the port that it comes from, and not by a descriptor: a connection may have several descriptors,
//! and whether it is blocking belongs to the connection. `-yy` shows the port, except after a reset.

use std::collections::{HashMap, HashSet};

use trace::strace::{Call, address, descriptor, field, label, peer};

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Socket {
    /// The connection of the client that comes from this port.
    Client(u16),
    /// Any other socket of TCP, such as the one that listens.
    Other(i32),
}

/// The sockets of a server, so far.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    /// The ports of the clients of the conversation. No other client is of interest.
    pub(super) ports: HashSet<u16>,
    by_descriptor: HashMap<i32, u16>,
    /// The sockets whose creation the log shows, and which were not made non-blocking. All others count as non-blocking:
    /// what is not known is no reason to blame somebody.
    blocking: HashSet<Socket>,
    /// Those whose calls sleep for a limited time (`SO_RCVTIMEO`).
    timed: HashSet<Socket>,
}

impl Sockets {
    /// The socket in an argument such as `5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>`.
    pub(super) fn of(&self, arg: &[u8]) -> Option<Socket> {
        let (fd, label) = (descriptor(arg)?, label(arg));
        if !label.starts_with(b"TCP") {
            return None;
        }
        let port = match peer(label) {
            Some(peer) => Some(peer.port()).filter(|port| self.ports.contains(port)),
            None => self.by_descriptor.get(&fd).copied(),
        };
        Some(port.map_or(Socket::Other(fd), Socket::Client))
    }

    /// Whether a read or a write of it may sleep.
    pub(super) fn is_blocking(&self, socket: Socket) -> bool {
        self.blocking.contains(&socket)
    }

    /// Whether such a sleep is limited.
    pub(super) fn is_timed(&self, socket: Socket) -> bool {
        self.timed.contains(&socket)
    }

    /// A client was accepted. Returns its port, if it is one of the conversation.
    pub(super) fn accepted(&mut self, call: &Call<'_>) -> Option<u16> {
        let fd = call.outcome.descriptor()?;
        let addr = call.args.iter().skip(1).find_map(address).or_else(|| peer(call.outcome.note));
        let port = addr.map(|addr| addr.port()).filter(|port| self.ports.contains(port))?;
        self.by_descriptor.insert(fd, port);
        self.timed.remove(&Socket::Client(port));
        self.set_blocking(Socket::Client(port), !has(call.args.get(3), b"NONBLOCK"));
        Some(port)
    }

    /// Calls that make, change and close sockets.
    pub(super) fn changed(&mut self, call: &Call<'_>) {
        let arg = |place| call.args.get(place);
        let made = call.outcome.descriptor();
        let socket = self.of(arg(0));
        match (call.name, socket) {
            ("socket", _) => {
                if let Some(fd) = made {
                    self.by_descriptor.remove(&fd);
                    self.set_blocking(Socket::Other(fd), !has(arg(1), b"NONBLOCK"));
                }
            }
            ("fcntl", Some(socket)) if arg(1) == b"F_SETFL" => {
                self.set_blocking(socket, !has(arg(2), b"O_NONBLOCK"));
            }
            ("ioctl", Some(socket)) if arg(1) == b"FIONBIO" => {
                self.set_blocking(socket, arg(2) == b"[0]");
            }
            ("setsockopt", Some(socket)) if has(arg(2), b"TIMEO") => {
                self.timed.insert(socket);
            }
            ("dup" | "dup2" | "dup3", Some(socket)) => self.copied(socket, made),
            ("fcntl", Some(socket)) if arg(1).starts_with(b"F_DUPFD") => self.copied(socket, made),
            ("close", Some(Socket::Client(_))) => {
                self.by_descriptor.retain(|fd, _| descriptor(arg(0)) != Some(*fd));
            }
            ("close", Some(socket)) => {
                self.blocking.remove(&socket);
                self.timed.remove(&socket);
            }
            _ => {}
        }
    }

    fn copied(&mut self, socket: Socket, made: Option<i32>) {
        let Some(fd) = made else { return };
        match socket {
            Socket::Client(port) => _ = self.by_descriptor.insert(fd, port),
            Socket::Other(_) => self.set_blocking(Socket::Other(fd), self.is_blocking(socket)),
        }
    }

    fn set_blocking(&mut self, socket: Socket, is_blocking: bool) {
        if is_blocking {
            self.blocking.insert(socket);
        } else {
            self.blocking.remove(&socket);
        }
    }
}

fn has(arg: &[u8], flag: &[u8]) -> bool {
    field(arg, flag).is_some()
}
