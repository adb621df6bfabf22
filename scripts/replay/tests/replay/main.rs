//! The film of a run: of a recording of which all is known, of all recordings of the kit, and of runs of now.
#![allow(clippy::unwrap_used, clippy::panic, reason = "where a test cannot go on, it fails")]

mod by_hand;
mod command;
mod gdb;
mod kernel;
mod lossy;
mod recordings;
mod support;
