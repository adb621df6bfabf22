//! The engine: takes a request, finds its command in the table, runs it on the state, returns the reply.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::clock::{self, UnixMillis};
use crate::command::{Call, CommandError, CommandResult, Group};
use crate::limits::Limits;
use crate::logging;
use crate::reply::{Reply, Version};
use crate::request::{ProtocolError, Request};
use crate::session::Session;
use crate::state::{ClientInfo, State, Stats, count};
use crate::table::{self, COMMANDS};

/// This many due keys are removed at a time: Redis's `ACTIVE_EXPIRE_CYCLE_KEYS_PER_LOOP`.
const EXPIRE_BUDGET: usize = 20;

/// Everything behind the protocol: the state of the server, and the commands that change it.
#[derive(Debug)]
pub struct Engine {
    /// The state of the server.
    pub state: State,
}

impl Engine {
    /// An engine without keys and clients.
    #[must_use]
    pub fn new(name: &'static str, addr: SocketAddr, stats: Arc<Stats>, limits: Limits) -> Self {
        Self { state: State::new(name, addr, stats, limits) }
    }

    /// How much clients may do.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.state.limits
    }

    /// Starts a session for an accepted client. End it with [`Engine::disconnect`].
    pub fn connect(&mut self, addr: SocketAddr) -> Session {
        let State { stats, clients, .. } = &mut self.state;
        count(&stats.connections);
        let session = Session::new(stats.connections.load(Ordering::Relaxed));
        let (since, version) = (clock::now(), Version::default());
        let (name, library) = Default::default();
        clients.insert(session.id, ClientInfo { addr, since, name, library, version });
        logging::connected(addr);
        session
    }

    /// Ends a session. If the client did not want to leave, `reason` says why it ended.
    pub fn disconnect(&mut self, session: &Session, reason: Option<&io::Error>) {
        if let Some(client) = self.state.clients.remove(&session.id) {
            logging::disconnected(client.addr, reason);
        }
    }

    /// Whether the limit of clients is reached. Refuse the next client then.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.state.clients.len() >= self.state.limits.max_clients as usize
    }

    /// Counts a refused client and returns the reply for it.
    pub fn refuse(&mut self, addr: SocketAddr) -> Reply<'static> {
        count(&self.state.stats.rejected);
        logging::refused(addr, self.state.limits.max_clients);
        Reply::Error("ERR max number of clients reached".into())
    }

    /// Ends the session of a client whose bytes can never become a request. Returns the reply for it. `position`
    /// is the first byte that the decoder has not understood, counted from 0.
    pub fn protocol_error(
        &self,
        session: &Session,
        error: &ProtocolError,
        position: usize,
    ) -> Reply<'static> {
        if let Some(client) = self.state.clients.get(&session.id) {
            logging::protocol_error(client.addr, position + 1, error);
        }
        session.close_after_reply();
        Reply::Error(format!("ERR Protocol error: {error}").into())
    }

    /// Executes one request. It removes some due keys first, and those that the request names: so no command
    /// ever sees one.
    pub fn execute<'a>(
        &'a mut self,
        request: &'a Request<'_>,
        session: &'a Session,
        now: UnixMillis,
    ) -> Reply<'a> {
        if self.expire(now) {
            self.expire_named(request, now);
        }
        count(&self.state.stats.commands);
        match self.run(request, session, now) {
            Ok(reply) => reply,
            Err(error) => Reply::Error(error.to_string().into()),
        }
    }

    fn run<'a>(
        &'a mut self,
        request: &'a Request<'_>,
        session: &'a Session,
        now: UnixMillis,
    ) -> CommandResult<'a> {
        let name = request.name();
        let command = table::find(name).ok_or_else(|| CommandError::unknown(name))?;
        command.check_arity(request)?;
        if command.group == Group::StringWrite {
            self.check_memory(request, now)?;
        }
        (command.run)(Call { request, state: &mut self.state, session, now, table: COMMANDS })
    }

    /// Checks that the store has room for the arguments of a request. Due keys make room. Source: Redis's
    /// commands with the flag `denyoom`.
    fn check_memory(&mut self, request: &Request<'_>, now: UnixMillis) -> Result<(), CommandError> {
        let limit = self.state.limits.max_memory;
        while limit > 0 && self.state.store.memory() + request.size() > limit {
            if !self.expire_one(now) {
                return Err(CommandError::OutOfMemory);
            }
        }
        Ok(())
    }

    /// Removes some of the keys whose deadline has passed. Returns whether others may be left. If a million keys
    /// are due at once, other clients are served before all are removed.
    #[inline]
    pub fn expire(&mut self, now: UnixMillis) -> bool {
        self.state.store.has_due(now) && (0..EXPIRE_BUDGET).all(|_| self.expire_one(now))
    }

    #[cold]
    fn expire_one(&mut self, now: UnixMillis) -> bool {
        let Some(key) = self.state.store.remove_due(now) else { return false };
        self.note_expired(&key);
        true
    }

    /// Removes the due keys among the arguments of a request. An argument that is not a key does no harm.
    #[cold]
    fn expire_named(&mut self, request: &Request<'_>, now: UnixMillis) {
        for key in request.args() {
            if self.state.store.remove_if_due(key, now) {
                self.note_expired(key);
            }
        }
    }

    fn note_expired(&self, key: &[u8]) {
        count(&self.state.stats.expired);
        logging::expired(key);
    }

    /// How long it takes until a key is due, one millisecond after its deadline; `None` if no key ever is. Then
    /// it reads no clock.
    #[must_use]
    pub fn until_next_deadline(&self, now: impl FnOnce() -> UnixMillis) -> Option<Duration> {
        let wait = self.state.store.next_deadline()?.saturating_add(1).saturating_sub(now());
        Some(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }
}
