//! Reads what the tools print that watch a server, and explains it: strace first of all, and ltrace, tcpdump, tshark, ss.
//!
//! # Layout
//!
//! The way of a log of strace, and the module that knows about each step:
//!
//! ```text
//! bytes ─▶ lines ─▶ strace ─▶ semantics ─▶ explain ─▶ plain sentences on a page
//!                   calls     what the server did for which client
//! ```
//!
//! - [`lines`]: a log of any size, line by line. [`strace`]: a line and its parts.
//! - [`semantics`]: what calls mean: which client connected, what it sent, what it was sent.
//! - [`explain`]: a page of sentences, and between them what the clients have noted ([`client_log`]), and
//!   behind them the lines of the source ([`call_paths`]).
//! - [`call_table`]: how often each call was made, and how long it took.
//! - [`ltrace`], [`packets`] and [`sockets`]: what the other tools print.
//!
//! All of it reads untrusted bytes: a log may be cut, garbled, or of any other program.

pub mod call_paths;
pub mod call_table;
pub mod client_log;
pub mod duration;
pub mod explain;
pub mod lines;
pub mod ltrace;
pub mod packets;
mod page;
pub mod protocol;
pub mod semantics;
pub mod sockets;
pub mod strace;
