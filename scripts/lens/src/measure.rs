//! The engine of `bench` and `compare`: what servers there are, what is sent to them, and what that costs.
//!
//! - `subject`: the servers, as data. `turns`: several of them, by turns. `spread`: what is typical.
//! - [`Load`], [`Outcome`]: redis-benchmark, or our own bench, and what it cost.
//! - `client`: a client of ours, which asks, fills a server, or is connected and silent. `beside`: it asks while the
//!   server has other work. `memory`: what a server keeps.
//! - `said`: what load generators print. `progress`: what goes on, on stderr.

pub(crate) mod beside;
pub(crate) mod client;
mod load;
pub(crate) mod memory;
pub(crate) mod progress;
pub(crate) mod said;
mod spread;
pub(crate) mod subject;
mod turns;

use std::io;

pub use crate::sys::Machine;
use crate::sys::tools::NotInstalled;
use crate::sys::{Server, ServerError};
pub use client::fill;
pub use load::{Load, Tool};
pub use said::Outcome;
pub use spread::Spread;
pub(crate) use spread::ratios;
pub(crate) use subject::Subject;
pub(crate) use turns::{Side, by_turns};

/// No load has more clients.
const MOST_CLIENTS: u32 = 12_000;

/// Lets us, and the servers that we start from now on, open as many files as the largest load needs. Where that is
/// refused, the load that needs it says so.
pub(crate) fn raise_file_limit() {
    _ = kit::nofile::raise_limit(MOST_CLIENTS);
}

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// A tool is missing.
    #[error(transparent)]
    Missing(#[from] NotInstalled),
    /// There is no server, or nothing is known about it.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// A load generator has failed.
    #[error("{command} failed: {why}")]
    Load {
        /// What was run.
        command: String,
        /// What it says.
        why: String,
    },
    /// A connection of ours to the server failed.
    #[error("a connection to {name} failed: {error}")]
    Connection {
        /// The server.
        name: String,
        /// Why.
        error: io::Error,
    },
}

impl MeasureError {
    /// A connection of ours to this server failed.
    pub(crate) fn lost(server: &Server, error: io::Error) -> Self {
        Self::Connection { name: server.name.clone(), error }
    }
}
