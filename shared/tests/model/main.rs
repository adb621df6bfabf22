//! The store and the commands against a model: what anyone would write who need not be fast.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod commands;
mod naive;
mod requests;
mod store;
