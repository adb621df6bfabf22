//! The state of the server: everything that all connections share, and that commands read and change.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::{self, UnixMillis};
use crate::limits::Limits;
use crate::reply::Version;
use crate::session::Session;
use crate::store::Store;

/// Counters. Another thread reads them when Ctrl-C ends the server.
#[derive(Debug, Default)]
pub struct Stats {
    /// Accepted connections.
    pub connections: AtomicU64,
    /// Refused connections, because the limit of clients was reached.
    pub rejected: AtomicU64,
    /// Executed commands. Commands that ended with an error count too.
    pub commands: AtomicU64,
    /// Keys that were removed because their deadline had passed.
    pub expired: AtomicU64,
}

/// Adds one. Only the serving thread writes, so a read and a write are enough. They cost less than an
/// atomic addition.
pub(crate) fn count(counter: &AtomicU64) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

/// What CLIENT LIST tells about a client.
#[derive(Debug)]
pub struct ClientInfo {
    /// The client's address.
    pub addr: SocketAddr,
    /// When it was accepted.
    pub since: UnixMillis,
    /// Its name (CLIENT SETNAME).
    pub name: String,
    /// The name and the version of its library (CLIENT SETINFO).
    pub library: [String; 2],
    /// The version of RESP that it uses.
    pub version: Version,
}

/// The state of the server.
#[derive(Debug)]
pub struct State {
    /// The keys and values.
    pub store: Store,
    /// The connected clients, by their number.
    pub clients: BTreeMap<u64, ClientInfo>,
    /// Counters.
    pub stats: Arc<Stats>,
    /// How much clients may do.
    pub limits: Limits,
    /// The name of the lab, for INFO.
    pub name: &'static str,
    /// The server's address, for INFO.
    pub addr: SocketAddr,
    /// When the server started.
    pub started: UnixMillis,
}

impl State {
    /// A state without keys and clients.
    #[must_use]
    pub fn new(name: &'static str, addr: SocketAddr, stats: Arc<Stats>, limits: Limits) -> Self {
        let (store, clients) = (Store::new(), BTreeMap::new());
        Self { store, clients, stats, limits, name, addr, started: clock::now() }
    }

    /// What is known about the client of `session`. It is there as long as the client is connected.
    pub fn client_mut(&mut self, session: &Session) -> Option<&mut ClientInfo> {
        self.clients.get_mut(&session.id)
    }
}
