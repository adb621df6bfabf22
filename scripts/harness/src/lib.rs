#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! - [`labs`]: the servers, as data. [`misconceptions`]: what students often believe, as data.
//! - [`group`]: a program that was started, with all that it starts itself. [`cleanup`]: all of it ends with us.
//! - [`processes`]: those of this machine. [`descendants`]: those that come from us, wherever they have gone.
//! - [`snapshot`]: what a server does at one moment, and how each of its clients fares; by way of [`calls`] and
//!   [`sockets`].
//! - [`mod@data`]: files in TOML, read, and files, replaced. [`text`]: lines that fit a terminal.
//! - [`scenario`]: what scripted clients do, as data, and what they see.

pub mod calls;
pub mod cleanup;
pub mod data;
pub mod descendants;
pub mod group;
pub mod labs;
pub mod misconceptions;
pub mod processes;
pub mod scenario;
pub mod snapshot;
pub mod sockets;
pub mod text;
