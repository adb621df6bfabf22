//! A server for many clients on one thread. It sleeps in `poll` and nowhere else: the kernel wakes it
//! when any of its sockets is ready, or when a key is due to expire. No read and no write ever waits.

mod accept;
mod connection;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use mio::event::Event;
use mio::{Events, Interest, Poll, Registry, Token};
use shared::clock::UnixMillis;
use shared::engine::Engine;
use shared::inbox::Inbox;
use shared::reply::Reply;
use shared::session::Session;
use shared::{ahead, browser, clock, files, limits, logging};
use slab::Slab;

use crate::protocol::{self, WIRE};
use connection::{Connection, Desk, Progress};

/// How many clients may wait, connected, to be accepted. As in Redis.
pub const BACKLOG: i32 = 511;

/// The name of the listening socket in events; connections are named by their place in the slab.
const LISTENER: Token = Token(usize::MAX);

/// How often to look after those of whom no event tells.
const ROUND: Duration = Duration::from_secs(1);

/// Serves all clients, as they come, for ever.
pub fn run(listener: TcpListener, mut engine: Engine) -> io::Result<()> {
    engine.limits.max_clients = files::allow_for(engine.limits.max_clients);
    listener.set_nonblocking(true)?;
    let mut listener = mio::net::TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let registry = poll.registry().try_clone()?;
    let mut clients = Clients::new(listener, registry, engine);
    let mut events = Events::with_capacity(1024);
    loop {
        match poll.poll(&mut events, clients.patience()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        clients.now = clock::now();
        clients.engine.expire(clients.now);
        for event in &events {
            match event.token() {
                LISTENER => clients.accept_all(),
                token => clients.serve(token, event),
            }
        }
        clients.look_after();
    }
}

/// All clients, and what they share.
struct Clients {
    listener: mio::net::TcpListener,
    registry: Registry,
    connections: Slab<Connection>,
    desk: Desk,
    engine: Engine,
    /// Clients wait to be accepted whom we could not accept.
    has_left_some: bool,
    /// When we last woke.
    now: UnixMillis,
    /// When we last looked after those of whom no event tells.
    looked_after: UnixMillis,
}

impl Clients {
    fn new(listener: mio::net::TcpListener, registry: Registry, engine: Engine) -> Self {
        let now = clock::now();
        Self {
            listener,
            registry,
            connections: Slab::new(),
            desk: Desk::default(),
            engine,
            has_left_some: false,
            now,
            looked_after: now,
        }
    }

    /// How long to sleep if nothing happens: until the next key expires, or there is someone to look after.
    fn patience(&self) -> Option<Duration> {
        let hangs_up = self.engine.limits.idle_timeout().is_some() && !self.connections.is_empty();
        let round = (hangs_up || self.has_left_some).then_some(ROUND);
        let expiry = self.engine.until_next_deadline(self.now);
        expiry.into_iter().chain(round).min()
    }

    /// Once a second, does what no event tells us to do: accepts those whom we could not accept, and hangs
    /// up on those who said nothing for too long. To look at 10,000 clients takes less than 0.1 ms, so
    /// they need not stand in the order of their deadlines.
    fn look_after(&mut self) {
        let since = |then| Duration::from_millis(u64::try_from(self.now - then).unwrap_or(0));
        if since(self.looked_after) < ROUND {
            return;
        }
        let is_idle = |connection: &Connection| {
            let limit = self.engine.limits.idle_timeout();
            limit.is_some_and(|limit| since(connection.last_active) >= limit)
        };
        let clients = self.connections.iter().filter(|(_, connection)| is_idle(connection));
        let idle: Vec<usize> = clients.map(|(key, _)| key).collect();
        for key in idle {
            let reason = self.engine.limits.was_idle();
            self.disconnect(key, Some(&reason));
        }
        self.looked_after = self.now;
        if self.has_left_some {
            self.accept_all();
        }
    }

    /// Does what can be done for one client without waiting. What goes wrong with it ends its connection
    /// and nothing else.
    fn serve(&mut self, token: Token, event: &Event) {
        let Some(connection) = self.connections.get_mut(token.0) else { return };
        connection.last_active = self.now;
        let progress = connection.converse(event, &mut self.desk, |inbox, session, outbox| {
            ahead::fetch(inbox, &self.engine.store);
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
        self.disconnect(token.0, reason.as_ref());
    }

    /// Ends a connection; `reason` says why if it was not the client's wish.
    fn disconnect(&mut self, key: usize, reason: Option<&io::Error>) {
        let connection = self.connections.remove(key);
        self.engine.disconnect(&connection.session, reason);
        drop(connection);
        if self.has_left_some {
            self.accept_all();
        }
    }
}

/// The heart of the server: turns what a client has sent into what it gets back. It takes all whole
/// requests from the inbox, and stops early when there is enough to send. An error ends the connection,
/// with nothing said.
fn answer(
    inbox: &mut Inbox,
    session: &Session,
    engine: &mut Engine,
    outbox: &mut Vec<u8>,
) -> io::Result<()> {
    let now = clock::now();
    let enough = outbox.len() + limits::TURN;
    while !session.is_leaving() && outbox.len() < enough {
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
