//! Measures a server from the outside: starts it (or finds it), reads from the kernel what it costs, and
//! lets a load generator loose on it.
//!
//! - [`Program`], [`Server`]: a lab, redis-server, or one that runs already; ended when dropped.
//! - [`Usage`]: CPU time, memory and context switches, as the kernel counts them.
//! - [`Load`], [`Outcome`]: redis-benchmark, or our own bench, and what it cost.
//! - [`fill()`], [`Crowd`]: keys to ask for, and clients who are connected and silent.
//! - [`Machine`]: where all that was measured.

mod crowd;
mod fill;
mod load;
mod our_bench;
mod redis_benchmark;

use std::io;

use crate::sys::ServerError;
use crate::sys::tools::NotInstalled;
pub use crate::sys::{Clock, Machine, Program, Server, Start, Usage};
pub use crowd::{Crowd, raise_file_limit};
pub use fill::{Filler, fill, key, request};
pub use load::{Load, Outcome, Tool, report, run};

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
