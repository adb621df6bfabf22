//! A server for many clients on one thread that is fair to all of them: lab 3, and short turns.
//!
//! Lab 3 serves a ready client until nothing is left to do for it. This server serves it for one turn, and
//! then the other clients. Whoever has more to do waits in a queue, because no event announces it again.

mod accept;
mod connection;
mod pool;
mod prefetch;

use std::collections::VecDeque;
use std::io;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use kit::{log_output, nofile};
use mio::event::Event;
use mio::{Events, Interest, Poll, Registry, Token};
use shared::buffer::ReadBuffer;
use shared::engine::Engine;
use shared::session::Session;
use shared::{clock, http, limits, logging};
use slab::Slab;

use crate::protocol::{self, LOG_FORMAT};
use accept::Waiting;
use connection::{Connection, Progress};
use pool::BufferPool;
use prefetch::prefetch;

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
    // A terminal that takes no more bytes must not put this thread to sleep.
    log_output::detach();
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
                LISTENER => server.waiting = Waiting::Some,
                token => server.enqueue(token.0, event),
            }
        }
        server.accept_some();
        server.run_queue();
        server.tick();
    }
}

/// The listening socket, all connections, and what they share.
struct Server {
    listener: mio::net::TcpListener,
    registry: Registry,
    connections: Slab<Connection>,
    /// The connections that can do something at once, in the order of their turns.
    queue: VecDeque<usize>,
    pool: BufferPool,
    engine: Engine,
    /// The clients that wait to be accepted.
    waiting: Waiting,
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
        let now = Instant::now();
        Ok(Self {
            listener,
            registry,
            connections: Slab::new(),
            queue: VecDeque::new(),
            pool: BufferPool::default(),
            engine,
            waiting: Waiting::None,
            now,
            last_tick: now,
        })
    }

    /// The longest sleep: none if there is something to do, else until the next key expires, or until the
    /// next tick if there is a reason for one.
    fn poll_timeout(&self) -> Option<Duration> {
        if !self.queue.is_empty() || self.waiting == Waiting::Some {
            return Some(Duration::ZERO);
        }
        let may_be_idle = self.engine.limits().idle_timeout().is_some();
        let needs_tick = self.waiting == Waiting::Blocked
            || !self.pool.is_empty()
            || may_be_idle && !self.connections.is_empty();
        let expiry = self.engine.until_next_deadline(clock::now);
        expiry.into_iter().chain(needs_tick.then_some(TICK)).min()
    }

    /// Puts the connection of an event into the queue.
    fn enqueue(&mut self, key: usize, event: &Event) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.note(event, self.now);
        if !connection.is_queued {
            connection.is_queued = true;
            self.queue.push_back(key);
        }
    }

    /// Gives one turn to each connection in the queue. Whoever has more to do waits for the next round.
    fn run_queue(&mut self) {
        for _ in 0..self.queue.len() {
            let Some(key) = self.queue.pop_front() else { break };
            self.serve(key);
        }
    }

    /// Gives one turn to one client. An error of this client ends its connection and nothing else.
    fn serve(&mut self, key: usize) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        let progress = connection.on_ready(&mut self.pool, |input, session, output| {
            prefetch(input, &self.engine.state.store);
            answer(input, session, &mut self.engine, output)
        });
        connection.is_queued = matches!(progress, Ok(Progress::HasMore));
        match progress {
            Ok(Progress::Waits) => {}
            Ok(Progress::HasMore) => self.queue.push_back(key),
            Ok(Progress::Ended) => self.disconnect(key, None),
            Err(error) => self.disconnect(key, Some(&error)),
        }
    }

    /// Closes a connection. If the client did not want to leave, `reason` says why.
    fn disconnect(&mut self, key: usize, reason: Option<&io::Error>) {
        let connection = self.connections.remove(key);
        self.engine.disconnect(&connection.session, reason);
        drop(connection);
        self.unblock();
    }

    /// Does once a second what no event announces: disconnects idle clients, tries again to accept the
    /// clients that could not be accepted before, and frees the buffers in the pool.
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
        self.unblock();
        self.pool.clear();
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
