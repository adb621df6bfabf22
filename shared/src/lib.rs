//! The path of a request through a server: the crate that all labs of *Redis from Scratch* share.
//!
//! # Layout
//!
//! ```text
//!  bytes ──▶ buffer ──▶ request ──▶ engine ──▶ command ──▶ reply ──▶ bytes
//!                 a lab's             table      commands       a lab's
//!               protocol.rs                    state, store   protocol.rs
//! ```
//!
//! Read the modules in this order:
//!
//! - [`buffer`]: the received bytes of one connection. [`request`]: the arguments of one command.
//!   [`inline`]: a line of text as a request. RESP is in `protocol.rs` of lab 2.
//! - [`engine`]: takes a request, returns a reply. [`table`]: the list of commands.
//! - [`command`]: what a command is. [`commands`]: one small function for each.
//! - [`state`]: what all connections share. [`store`]: keys, values and deadlines.
//!   [`session`]: one connected client.
//! - [`reply`]: the answer of a command. [`logging`]: the lines of the log.
//! - [`limits`], [`http`], [`number`], [`glob`], [`clock`]: small rules that several modules need.
//!
//! The dependencies point one way: `buffer` and the protocols never see the store, and the store never
//! sees a request. No module here touches a socket or a terminal: accepting, reading and writing is the
//! subject of the labs. The crate `kit` has the rest: command line, log output, client, load generator.

pub mod buffer;
pub mod clock;
pub mod command;
pub mod commands;
pub mod engine;
pub mod glob;
pub mod http;
pub mod inline;
pub mod limits;
pub mod logging;
pub mod number;
pub mod reply;
pub mod request;
pub mod session;
pub mod state;
pub mod store;
pub mod table;
