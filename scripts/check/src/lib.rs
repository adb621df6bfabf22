#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! Each kind of check is a module and a subcommand of the same name:
//!
//! - [`document`]: replays the terminal transcripts of Markdown files (`README.md` of this crate says how to write them).
//! - [`soak`]: keeps a server busy with ten thousand clients, hostile ones among them, and checks its replies.
//!
//! What they share: `namespace` gives a check a network of its own, where port 6379 is always free. `process` reads
//! `/proc`. `orphans` ends every process that a check has started.

pub mod document;
mod namespace;
mod orphans;
mod process;
pub mod soak;

/// Why nothing could be checked (exit code 2): text for the user.
pub type Error = Box<dyn std::error::Error>;
