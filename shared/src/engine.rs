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
use crate::request::Request;
use crate::session::Session;
use crate::state::{ClientInfo, State, Stats, count};
use crate::table::{self, COMMANDS};

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

    /// Executes one request. It removes due keys first, so no command ever sees one.
    pub fn execute<'a>(
        &'a mut self,
        request: &'a Request<'_>,
        session: &'a Session,
        now: UnixMillis,
    ) -> Reply<'a> {
        self.expire(now);
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
            self.check_memory(request)?;
        }
        (command.run)(Call { request, state: &mut self.state, session, now, table: COMMANDS })
    }

    /// Checks that the store has room for the arguments of a request. Source: Redis's commands with the
    /// flag `denyoom`.
    fn check_memory(&self, request: &Request<'_>) -> Result<(), CommandError> {
        let limit = self.state.limits.max_memory;
        let is_full = limit > 0 && self.state.store.memory() + request.size() > limit;
        if is_full { Err(CommandError::OutOfMemory) } else { Ok(()) }
    }

    /// Removes the keys whose deadline has come.
    #[inline]
    pub fn expire(&mut self, now: UnixMillis) {
        while let Some(key) = self.state.store.remove_due(now) {
            count(&self.state.stats.expired);
            logging::expired(&key);
        }
    }

    /// How long it takes until a key expires; `None` if no key ever does.
    #[must_use]
    pub fn until_next_deadline(&self, now: UnixMillis) -> Option<Duration> {
        let wait = self.state.store.next_deadline()?.saturating_sub(now);
        Some(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }
}
