//! A session: what a connection must know about its client to serve it.

use std::cell::Cell;

use crate::reply::Version;

/// One connected client. Its connection owns it.
#[derive(Debug)]
pub struct Session {
    /// The client's number. Numbers start at 1 and are never used again.
    pub id: u64,
    /// The version of RESP for its replies.
    pub version: Cell<Version>,
    is_closing: Cell<bool>,
}

impl Session {
    /// A new session.
    #[must_use]
    pub fn new(id: u64) -> Self {
        Self { id, version: Cell::default(), is_closing: Cell::new(false) }
    }

    /// Asks the server to close the connection as soon as all replies are sent.
    pub fn close_after_reply(&self) {
        self.is_closing.set(true);
    }

    /// Whether the connection will be closed, so that no further request is answered.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.is_closing.get()
    }
}
