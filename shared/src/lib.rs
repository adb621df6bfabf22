//! What all labs of *Redis from Scratch* stand on.
//!
//! # Layout
//!
//! The way of a request through a server, and the module that knows about each step:
//!
//! ```text
//! bytes ─▶ inbox ─▶ request ─▶ command ─▶ reply ─▶ bytes
//!         inbox    words,     command    reply
//!                  resp       commands
//!                             engine, store
//! ```
//!
//! - [`inbox`]: bytes that have arrived and wait. [`request`]: the words of one command.
//! - [`words`]: a line and its words. [`resp`]: the protocol of Redis; lab 1 has its own.
//! - [`command`]: the table of commands. [`commands`]: a small function for each.
//! - [`engine`]: what the connections of a server share. [`store`]: keys, values, deadlines.
//!   [`session`]: one connected client.
//! - [`reply`]: what a command answers.
//! - [`limits`], [`browser`], [`number`], [`glob`], [`clock`]: small rules that several of them need.
//! - [`cli`], [`logging`], [`port`], [`files`], [`stop`]: what a server does besides serving.
//! - [`client`], [`repl`], [`mod@bench`]: the other end of the wire. [`wire`]: what they know of a protocol.
//!
//! The arrows point one way: `store` and `resp` never see each other, and no socket is touched outside
//! of `client` and `bench`: accepting and reading is what the labs are about, so the labs do it.

pub mod ahead;
pub mod bench;
pub mod browser;
pub mod cli;
pub mod client;
pub mod clock;
pub mod command;
pub mod commands;
pub mod engine;
pub mod files;
pub mod glob;
pub mod inbox;
pub mod limits;
pub mod logging;
pub mod number;
pub mod port;
pub mod repl;
pub mod reply;
pub mod request;
pub mod resp;
pub mod session;
pub mod stop;
pub mod store;
pub mod wire;
pub mod words;
