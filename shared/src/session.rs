//! A session: what the server knows about one connected client.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;

use crate::clock::UnixMillis;
use crate::reply::Version;

/// One connected client. It is shared by the connection, which serves it, and the engine, which lists
/// it in CLIENT LIST; both live on one thread, so a `Cell` is all the locking it needs.
#[derive(Debug)]
pub struct Session {
    /// Its number: counted up from 1 and never used again.
    pub id: u64,
    /// Where the client is.
    pub addr: SocketAddr,
    /// When it was accepted.
    pub since: UnixMillis,
    /// How it wants its replies written.
    pub version: Cell<Version>,
    /// What it calls itself (CLIENT SETNAME).
    pub name: RefCell<String>,
    /// The library it was written with, and that library's version (CLIENT SETINFO).
    pub library: RefCell<[String; 2]>,
    leaving: Cell<bool>,
}

impl Session {
    /// A session that begins now.
    #[must_use]
    pub fn new(id: u64, addr: SocketAddr, since: UnixMillis) -> Self {
        Self {
            id,
            addr,
            since,
            version: Cell::default(),
            name: RefCell::default(),
            library: RefCell::default(),
            leaving: Cell::new(false),
        }
    }

    /// Ends the conversation: the connection is closed as soon as all replies are sent.
    pub fn leave(&self) {
        self.leaving.set(true);
    }

    /// Whether the conversation is over.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.leaving.get()
    }
}
