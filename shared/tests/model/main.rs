//! The store and the commands against a model: simple code that need not be fast.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod commands;
mod naive;
#[allow(dead_code, unused_imports, reason = "a part of lab 2")]
#[path = "../../../labs/lab2-resp/src/protocol.rs"]
mod protocol;
mod requests;
mod store;
