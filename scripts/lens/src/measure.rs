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
mod machine;
mod our_bench;
mod redis_benchmark;
mod server;
mod usage;

use std::io;

pub use crowd::{Crowd, raise_file_limit};
pub use fill::{Filler, fill, key, request};
pub use load::{Load, Outcome, Tool, report, run};
pub use machine::Machine;
pub use server::{Program, Server};
pub use usage::{Clock, Usage, switches_of_children};

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// A tool is missing.
    #[error("{tool} is not installed: {mend}")]
    Missing {
        /// Its name.
        tool: &'static str,
        /// What to type.
        mend: &'static str,
    },
    /// A server was not ready in time, or has ended before.
    #[error("{name} does not start: {why}")]
    Start {
        /// Its name.
        name: String,
        /// What it says, or what we saw.
        why: String,
    },
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
    /// The kernel does not say what a server costs.
    #[error("the kernel does not say what {name} costs: {error}")]
    Usage {
        /// The server.
        name: String,
        /// Why.
        error: io::Error,
    },
}
