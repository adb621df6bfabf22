//! Reads a log of strace: its lines, its calls, and what they mean.
//!
//! # Layout
//!
//! The way of a log through it, and the module that knows about each step:
//!
//! ```text
//! bytes ─▶ lines ─▶ strace ─▶ semantics ─▶ explain ─▶ plain sentences
//!                   calls     what the server did with which client
//! ```
//!
//! - [`lines`]: a log of any size, line by line. [`strace`]: a line and its parts.
//! - [`semantics`]: what calls mean: which client came, what it sent, what it was sent.
//! - [`explain`]: a page of sentences, and between them what the clients have noted ([`client_log`]).
//!
//! All of it reads untrusted bytes: a log may be cut, garbled, or of any other program.

pub mod client_log;
pub mod duration;
pub mod explain;
pub mod lines;
pub mod protocol;
pub mod semantics;
pub mod strace;
