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

use std::borrow::Cow;

use crate::command::{Call, Command, CommandError, CommandResult, as_typed};
use crate::reply::Reply;

/// These commands behave as in this version of Redis. Clients ask for the version before they use a command.
const REDIS_VERSION: &str = "7.0.15";

/// What happens when memory is full: writes are refused, and no key is removed.
const EVICTION_POLICY: &str = "noeviction";

/// The command of this name, in capitals or not.
fn find(call: &Call<'_>, name: &[u8]) -> Option<&'static Command> {
    call.table.iter().find(|command| command.name.as_bytes().eq_ignore_ascii_case(name))
}

/// The reply to `CLIENT HELP` and the like, and to any subcommand that the command itself has not answered.
fn help<'a>(call: &Call<'_>) -> CommandResult<'a> {
    let Command { name, usage, .. } = find(call, call.request.name()).unwrap_or(&call.table[0]);
    let usage = usage.strip_prefix('[').and_then(|usage| usage.strip_suffix(']')).unwrap_or(usage);
    let word = String::from_utf8_lossy(call.arg(1)).to_ascii_uppercase();
    if !usage.split(" | ").any(|line| line.split(' ').next() == Some(&word)) {
        let subcommand = as_typed(call.arg(1));
        let message = format!("unknown subcommand '{subcommand}'. Try {name} HELP.");
        return Err(CommandError::other(message));
    }
    if word != "HELP" || call.request.len() > 2 {
        return Err(CommandError::wrong_arity(&[call.arg(0), b"|", call.arg(1)].concat()));
    }
    let head = format!("{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    let lines = [head.into()].into_iter().chain(usage.split(" | ").map(Cow::from));
    Ok(Reply::Array(lines.map(Reply::Status).collect()))
}
