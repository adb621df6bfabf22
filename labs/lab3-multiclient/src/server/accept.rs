//! New clients: they are accepted, or told that there are enough.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use log::error;
use mio::Token;
use mio::net::TcpStream;
use shared::reply::Version;

use super::Clients;
use super::connection::{Connection, INTEREST};
use crate::protocol;

impl Clients {
    /// Accepts everyone who waits. We are told once that clients wait, and not again for those we leave.
    pub fn accept_all(&mut self) {
        self.has_left_some = false;
        loop {
            match self.listener.accept() {
                Ok((stream, addr)) => {
                    let welcomed = if self.engine.is_full() {
                        self.refuse(stream, addr)
                    } else {
                        self.connect(stream, addr)
                    };
                    if let Err(error) = welcomed {
                        error!("Cannot serve {addr}: {error}");
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    // Out of file descriptors, perhaps. To try again at once would only spin: we do when
                    // one of those who are here has left, and once a second.
                    error!("Cannot accept a client: {error}");
                    self.has_left_some = true;
                    return;
                }
            }
        }
    }

    fn connect(&mut self, mut stream: TcpStream, addr: SocketAddr) -> io::Result<()> {
        // A reply is whole when we write it: there is nothing the kernel should wait for (Nagle).
        stream.set_nodelay(true)?;
        let slot = self.connections.vacant_entry();
        self.registry.register(&mut stream, Token(slot.key()), INTEREST)?;
        slot.insert(Connection::new(stream, self.engine.connect(addr), self.now));
        Ok(())
    }

    /// Tells a client that there are enough, as far as its socket takes that at once, and hangs up.
    fn refuse(&mut self, mut stream: TcpStream, addr: SocketAddr) -> io::Result<()> {
        let mut outbox = Vec::new();
        protocol::encode(&self.engine.refuse(addr), Version::default(), &mut outbox);
        stream.write(&outbox).map(drop)
    }
}
