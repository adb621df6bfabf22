//! A server for many clients on one thread. It sleeps in `poll` and nowhere else: the kernel wakes it
//! when any of its sockets is ready, or when a key is due to expire. No read and no write ever waits.

mod connection;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use log::error;
use mio::event::Event;
use mio::{Events, Interest, Poll, Registry, Token};
use shared::engine::Engine;
use shared::inbox::Inbox;
use shared::reply::Reply;
use shared::session::Session;
use shared::{browser, clock, limits, logging};
use slab::Slab;

use crate::protocol::{self, WIRE};
use connection::{Connection, INTEREST, Progress};

/// How many clients may wait, connected, to be accepted. As in Redis.
pub const BACKLOG: i32 = 511;

/// The name of the listening socket in events; connections are named by their place in the slab.
const LISTENER: Token = Token(usize::MAX);

/// Serves all clients, as they come, for ever.
pub fn run(listener: TcpListener, engine: Engine) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = mio::net::TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let registry = poll.registry().try_clone()?;
    let connections = Slab::new();
    let mut clients = Clients { listener, registry, connections, engine, has_left_some: false };
    let mut events = Events::with_capacity(1024);
    loop {
        match poll.poll(&mut events, clients.patience()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        clients.engine.expire(clock::now());
        for event in &events {
            match event.token() {
                LISTENER => clients.accept_all(),
                token => clients.serve(token, event),
            }
        }
    }
}

/// All clients, and what they share.
struct Clients {
    listener: mio::net::TcpListener,
    registry: Registry,
    connections: Slab<Connection>,
    engine: Engine,
    /// Clients wait to be accepted whom we could not accept.
    has_left_some: bool,
}

impl Clients {
    /// How long to sleep if nothing happens: until the next key expires.
    fn patience(&self) -> Option<Duration> {
        self.engine.until_next_deadline(clock::now())
    }

    /// Accepts everyone who waits. We are told once that clients wait, and not again for those we leave.
    fn accept_all(&mut self) {
        self.has_left_some = false;
        loop {
            match self.listener.accept() {
                Ok((stream, addr)) => {
                    if let Err(error) = self.connect(stream, addr) {
                        error!("Cannot serve {addr}: {error}");
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    // Out of file descriptors, perhaps. To try again at once would only spin; the
                    // clients who wait are accepted when one of those who are here has left.
                    error!("Cannot accept a client: {error}");
                    self.has_left_some = true;
                    return;
                }
            }
        }
    }

    fn connect(&mut self, mut stream: mio::net::TcpStream, addr: SocketAddr) -> io::Result<()> {
        // A reply is whole when we write it: there is nothing the kernel should wait for (Nagle).
        stream.set_nodelay(true)?;
        let slot = self.connections.vacant_entry();
        self.registry.register(&mut stream, Token(slot.key()), INTEREST)?;
        slot.insert(Connection::new(stream, self.engine.connect(addr)));
        Ok(())
    }

    /// Does what can be done for one client without waiting. What goes wrong with it ends its connection
    /// and nothing else.
    fn serve(&mut self, token: Token, event: &Event) {
        let Some(connection) = self.connections.get_mut(token.0) else { return };
        let progress = connection.converse(event, |inbox, session, outbox| {
            answer(inbox, session, &mut self.engine, outbox)
        });
        let reason = match progress {
            Ok(Progress::Waits) => return,
            Ok(Progress::HasMore) => match connection.ask_again(&self.registry, token) {
                Ok(()) => return,
                Err(error) => Some(error),
            },
            Ok(Progress::Ended) => None,
            Err(error) => Some(error),
        };
        let connection = self.connections.remove(token.0);
        self.engine.disconnect(&connection.session, reason.as_ref());
        drop(connection);
        if self.has_left_some {
            self.accept_all();
        }
    }
}

/// The heart of the server: turns what a client has sent into what it gets back. It takes all whole
/// requests from the inbox, and stops early when the outbox is full. An error ends the connection, with
/// nothing said.
fn answer(
    inbox: &mut Inbox,
    session: &Session,
    engine: &mut Engine,
    outbox: &mut Vec<u8>,
) -> io::Result<()> {
    let now = clock::now();
    while !session.is_leaving() && outbox.len() < limits::OUTBOX {
        match protocol::decode(inbox) {
            Ok(None) => break,
            Ok(Some(request)) => {
                logging::received(WIRE, &request);
                browser::refuse(&request)?;
                let reply = engine.execute(request, session, now);
                logging::sent(WIRE, &reply);
                protocol::encode(&reply, session.version.get(), outbox);
            }
            Err(error) => {
                let reply = Reply::Error(error.to_string().into());
                logging::sent(WIRE, &reply);
                protocol::encode(&reply, session.version.get(), outbox);
                session.leave();
            }
        }
    }
    Ok(())
}
