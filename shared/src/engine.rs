//! The engine: all that the connections of a server share, and the execution of a request on it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::{self, UnixMillis};
use crate::command::{self, Call, CommandError, Group};
use crate::limits::Limits;
use crate::logging;
use crate::reply::Reply;
use crate::request::Request;
use crate::session::Session;
use crate::store::Store;

/// What a server has done so far. Another thread reads it when Ctrl-C ends the server.
#[derive(Debug, Default)]
pub struct Stats {
    /// Connections accepted.
    pub connections: AtomicU64,
    /// Connections refused, because there were enough.
    pub rejected: AtomicU64,
    /// Commands executed, with those that were answered with an error.
    pub commands: AtomicU64,
    /// Keys removed because their deadline had come.
    pub expired: AtomicU64,
}

impl Stats {
    /// Counts one more. The thread that serves is the only one that writes, so reading and writing
    /// need not be one step, which would cost more.
    fn count(counter: &AtomicU64) {
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

/// The store, the sessions, and what INFO tells about them.
#[derive(Debug)]
pub struct Engine {
    /// The keys.
    pub store: Store,
    /// Who is connected, by session id.
    pub sessions: BTreeMap<u64, Rc<Session>>,
    /// What has been done so far.
    pub stats: Arc<Stats>,
    /// How much clients may do.
    pub limits: Limits,
    /// The name of the lab, for INFO.
    pub name: &'static str,
    /// Where the server listens, for INFO.
    pub addr: SocketAddr,
    /// When it started.
    pub started: UnixMillis,
}

impl Engine {
    /// An engine with no keys and no clients.
    #[must_use]
    pub fn new(name: &'static str, addr: SocketAddr, stats: Arc<Stats>, limits: Limits) -> Self {
        let (store, sessions) = (Store::new(), BTreeMap::new());
        Self { store, sessions, stats, limits, name, addr, started: clock::now() }
    }

    /// Begins a session for a client that was accepted. End it with [`Engine::disconnect`].
    pub fn connect(&mut self, addr: SocketAddr) -> Rc<Session> {
        Stats::count(&self.stats.connections);
        let id = self.stats.connections.load(Ordering::Relaxed);
        let session = Rc::new(Session::new(id, addr, clock::now()));
        self.sessions.insert(id, Rc::clone(&session));
        logging::connected(addr);
        session
    }

    /// Whether there are as many clients as there may be. Then the next one is to be refused.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.sessions.len() >= self.limits.max_clients as usize
    }

    /// Counts a client that is refused, and returns what it is to be told.
    pub fn refuse(&mut self, addr: SocketAddr) -> Reply<'static> {
        Stats::count(&self.stats.rejected);
        logging::refused(addr, self.limits.max_clients);
        Reply::Error("ERR max number of clients reached".into())
    }

    /// Ends a session; `reason` says why if it was not the client's wish.
    pub fn disconnect(&mut self, session: &Session, reason: Option<&std::io::Error>) {
        self.sessions.remove(&session.id);
        logging::disconnected(session.addr, reason);
    }

    /// Executes one request: looks its command up in the table, checks how many words it has, runs it.
    /// Keys whose deadline has come by `now` are removed first, so no command ever sees one.
    pub fn execute<'a>(
        &'a mut self,
        request: Request<'a>,
        session: &'a Session,
        now: UnixMillis,
    ) -> Reply<'a> {
        self.expire(now);
        Stats::count(&self.stats.commands);
        match self.run(request, session, now) {
            Ok(reply) => reply,
            Err(error) => Reply::Error(error.to_string().into()),
        }
    }

    fn run<'a>(
        &'a mut self,
        request: Request<'a>,
        session: &'a Session,
        now: UnixMillis,
    ) -> command::Outcome<'a> {
        let name = request.name();
        let command = command::find(name).ok_or_else(|| CommandError::unknown(name))?;
        command.check(&request)?;
        if command.group == Group::StringWrite {
            self.check_memory(&request)?;
        }
        (command.run)(Call { request, engine: self, session, now })
    }

    /// Whether there is room for what a request brings, if there is a limit. Source: commands with the
    /// flag `denyoom` of Redis.
    fn check_memory(&self, request: &Request<'_>) -> Result<(), CommandError> {
        let limit = self.limits.max_memory;
        let is_full = limit > 0 && self.store.memory() + request.size() > limit;
        if is_full { Err(CommandError::OutOfMemory) } else { Ok(()) }
    }

    /// Removes the keys whose deadline has come.
    #[inline]
    pub fn expire(&mut self, now: UnixMillis) {
        while let Some(key) = self.store.remove_due(now) {
            Stats::count(&self.stats.expired);
            logging::expired(&key);
        }
    }

    /// How long until a key expires: `None` if no key ever does.
    #[must_use]
    pub fn until_next_deadline(&self, now: UnixMillis) -> Option<Duration> {
        let wait = self.store.next_deadline()?.saturating_sub(now);
        Some(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests;
