//! New clients: the server accepts them, or refuses them when the limit is reached.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use log::error;
use mio::Token;
use mio::net::TcpStream;
use shared::reply::Version;

use super::Server;
use super::connection::{Connection, INTEREST};
use crate::protocol;

/// This many clients are accepted in one turn.
const ACCEPT_BUDGET: usize = 16;

/// What is known about the clients that wait to be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// No client waits. The kernel announces the next one.
    None,
    /// Clients may wait. The kernel does not announce them again.
    Some,
    /// Clients may wait, but they cannot be accepted now: perhaps the process has too many open files. To
    /// try again at once would only spin. The server tries again when a client has left, and at the next tick.
    Blocked,
}

impl Server {
    /// Accepts some of the waiting clients.
    pub fn accept_some(&mut self) {
        for _ in 0..ACCEPT_BUDGET {
            if self.waiting != Waiting::Some {
                break;
            }
            match self.listener.accept() {
                Ok((stream, addr)) => self.welcome(stream, addr),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.waiting = Waiting::None;
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    error!("Cannot accept a client: {error}");
                    self.waiting = Waiting::Blocked;
                }
            }
        }
    }

    /// Tries again to accept the clients that could not be accepted.
    pub fn unblock(&mut self) {
        if self.waiting == Waiting::Blocked {
            self.waiting = Waiting::Some;
        }
    }

    fn welcome(&mut self, stream: TcpStream, addr: SocketAddr) {
        let welcomed = if self.engine.is_full() {
            self.refuse(stream, addr)
        } else {
            self.connect(stream, addr)
        };
        if let Err(error) = welcomed {
            error!("Cannot serve {addr}: {error}");
        }
    }

    fn connect(&mut self, mut stream: TcpStream, addr: SocketAddr) -> io::Result<()> {
        // Replies are complete when they are written. The kernel need not wait for more (Nagle).
        stream.set_nodelay(true)?;
        let slot = self.connections.vacant_entry();
        self.registry.register(&mut stream, Token(slot.key()), INTEREST)?;
        slot.insert(Connection::new(stream, self.engine.connect(addr), self.now));
        Ok(())
    }

    /// Tells a client that the limit is reached, if its socket takes the reply at once, and closes it.
    fn refuse(&mut self, mut stream: TcpStream, addr: SocketAddr) -> io::Result<()> {
        let mut output = Vec::new();
        protocol::encode_reply(&self.engine.refuse(addr), Version::default(), &mut output);
        stream.write(&output).map(drop)
    }
}
