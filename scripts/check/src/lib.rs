#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! This file is the table of contents. Each kind of check is a module and a subcommand of the same name:
//!
//! - [`document`]: replays the terminal transcripts of Markdown files (`README.md` of this crate says how to write them).
//! - [`soak`]: keeps a server busy with ten thousand clients, rude ones among them, and checks what it says.
//!
//! What any kind of check may need: `namespace` gives it a network of its own, where port 6379 is always
//! free; `leftovers` ends every process that a check has started.

pub mod document;
pub mod error;
mod leftovers;
mod namespace;
pub mod soak;
