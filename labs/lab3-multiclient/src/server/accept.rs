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

impl Server {
    /// Accepts all waiting clients. The kernel announces them only once.
    pub fn accept_all(&mut self) {
        self.accept_pending = false;
        loop {
            match self.listener.accept() {
                Ok((stream, addr)) => self.welcome(stream, addr),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    // Perhaps the process has too many open files. To try again at once would only spin:
                    // the server tries again when a client has left, and at the next tick.
                    error!("Cannot accept a client: {error}");
                    self.accept_pending = true;
                    return;
                }
            }
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
