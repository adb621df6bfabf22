//! Commands that students do not need, but clients do: redis-cli, redis-py and others send them before
//! they send anything else.

mod client;
mod command;
mod config;
mod hello;
mod info;

pub(crate) use client::client;
pub(crate) use command::command;
pub(crate) use config::config;
pub(crate) use hello::{HELLO_USAGE, hello};
pub(crate) use info::info;

/// These commands behave as in this version of Redis. Clients ask for the version before they use a command.
const REDIS_VERSION: &str = "7.0.15";

/// What happens when memory is full: writes are refused, and no key is removed.
const EVICTION_POLICY: &str = "noeviction";
