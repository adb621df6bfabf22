//! Rules over system calls: with small logs written by hand, and with real servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // Where a test cannot go on, it fails.

mod logs;
mod real_servers;
mod server;
mod small;
