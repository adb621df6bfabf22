//! A server for many clients on one thread: an event loop. It sleeps in `poll` and nowhere else. The
//! kernel wakes it when a socket is ready, or when a key expires. No read and no write ever sleeps.
//!
//! It serves each ready client until nothing is left to do for it. So one client that sends without a
//! pause can keep the server from all others: lab 4 shares the thread fairly.

mod accept;
mod connection;

use std::io;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use kit::nofile;
use mio::{Events, Interest, Poll, Registry, Token};
use shared::buffer::ReadBuffer;
use shared::engine::Engine;
use shared::session::Session;
use shared::{clock, http, limits, logging};
use slab::Slab;

use crate::protocol::{self, LOG_FORMAT};
use connection::Connection;

/// This many connected clients may wait to be accepted. As in Redis.
pub const BACKLOG: i32 = 511;

/// The token of the listening socket. The token of a connection is its key in the slab.
const LISTENER: Token = Token(usize::MAX);

/// The time between two checks of what no event announces.
const TICK: Duration = Duration::from_secs(1);

/// Serves all clients, for ever.
pub fn run(listener: TcpListener, mut engine: Engine) -> io::Result<()> {
    let limits = &mut engine.state.limits;
    limits.max_clients = nofile::raise_limit(limits.max_clients);
    let mut poll = Poll::new()?;
    let mut server = Server::new(listener, poll.registry().try_clone()?, engine)?;
    let mut events = Events::with_capacity(1024);
    loop {
        match poll.poll(&mut events, server.poll_timeout()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        server.now = Instant::now();
        server.engine.expire(clock::now());
        for event in &events {
            match event.token() {
                LISTENER => server.accept_all(),
                token => server.serve(token.0),
            }
        }
        server.tick();
    }
}

/// The listening socket, all connections, and what they share.
struct Server {
    listener: mio::net::TcpListener,
    registry: Registry,
    connections: Slab<Connection>,
    engine: Engine,
    /// An accept has failed, so clients may still wait. No event will announce them again.
    accept_pending: bool,
    /// The time of the last wake-up.
    now: Instant,
    /// The time of the last tick.
    last_tick: Instant,
}

impl Server {
    fn new(listener: TcpListener, registry: Registry, engine: Engine) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut listener = mio::net::TcpListener::from_std(listener);
        registry.register(&mut listener, LISTENER, Interest::READABLE)?;
        let (connections, now) = (Slab::new(), Instant::now());
        Ok(Self {
            listener,
            registry,
            connections,
            engine,
            accept_pending: false,
            now,
            last_tick: now,
        })
    }

    /// The longest sleep: until the next key expires, or until the next tick if there is a reason for one.
    fn poll_timeout(&self) -> Option<Duration> {
        let may_be_idle = self.engine.limits().idle_timeout().is_some();
        let needs_tick = self.accept_pending || may_be_idle && !self.connections.is_empty();
        let expiry = self.engine.until_next_deadline(clock::now);
        expiry.into_iter().chain(needs_tick.then_some(TICK)).min()
    }

    /// Does everything for one client that can be done without waiting. An error of this client ends its
    /// connection and nothing else.
    fn serve(&mut self, key: usize) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.last_active = self.now;
        let ended = connection
            .on_ready(|input, session, output| answer(input, session, &mut self.engine, output));
        match ended {
            Ok(false) => {}
            Ok(true) => self.disconnect(key, None),
            Err(error) => self.disconnect(key, Some(&error)),
        }
    }

    /// Closes a connection. If the client did not want to leave, `reason` says why.
    fn disconnect(&mut self, key: usize, reason: Option<&io::Error>) {
        let connection = self.connections.remove(key);
        self.engine.disconnect(&connection.session, reason);
        drop(connection);
        if self.accept_pending {
            self.accept_all();
        }
    }

    /// Does once a second what no event announces: disconnects idle clients, and accepts the clients that
    /// could not be accepted before.
    fn tick(&mut self) {
        if self.now - self.last_tick < TICK {
            return;
        }
        self.last_tick = self.now;
        if let Some(limit) = self.engine.limits().idle_timeout() {
            let is_idle = |connection: &Connection| self.now - connection.last_active >= limit;
            let clients = self.connections.iter().filter(|(_, connection)| is_idle(connection));
            let idle: Vec<usize> = clients.map(|(key, _)| key).collect();
            let reason = self.engine.limits().idle_error();
            for key in idle {
                self.disconnect(key, Some(&reason));
            }
        }
        if self.accept_pending {
            self.accept_all();
        }
    }
}

/// The heart of the server: decodes requests, executes them, and encodes the replies. It stops when no
/// whole request is left, or when a batch of replies is ready to be sent. An error ends the connection
/// without a reply.
fn answer(
    input: &mut ReadBuffer,
    session: &Session,
    engine: &mut Engine,
    output: &mut Vec<u8>,
) -> io::Result<()> {
    let now = clock::now();
    let enough = output.len() + limits::REPLY_BATCH;
    while !session.is_closing() && output.len() < enough {
        let (bytes, parsed) = input.filled_and_parsed();
        match protocol::decode_request(bytes, parsed) {
            Ok(None) => return engine.limits().check_unfinished(input.unfinished()),
            Ok(Some((request, size))) if request.is_empty() => input.consume(size),
            Ok(Some((request, size))) => {
                logging::received(LOG_FORMAT, &request);
                http::reject(&request)?;
                let reply = engine.execute(&request, session, now);
                logging::sent(LOG_FORMAT, &reply);
                protocol::encode_reply(&reply, session.version.get(), output);
                input.consume(size);
            }
            Err(error) => {
                let reply = engine.protocol_error(session, &error, parsed.position);
                logging::sent(LOG_FORMAT, &reply);
                protocol::encode_reply(&reply, session.version.get(), output);
            }
        }
    }
    Ok(())
}
