//! The connection: PING, ECHO, SELECT, QUIT.

use crate::command::{Call, CommandError, CommandResult};
use crate::reply::Reply;

/// `PING [message]`
pub(crate) fn ping(call: Call<'_>) -> CommandResult<'_> {
    match call.request.len() {
        1 => Ok(Reply::Status("PONG".into())),
        2 => echo(call),
        _ => Err(CommandError::wrong_arity(call.request.name())),
    }
}

/// `ECHO message`
pub(crate) fn echo(call: Call<'_>) -> CommandResult<'_> {
    Ok(Reply::value(Some(call.arg(1))))
}

/// `EXIT`, `QUIT`: Redis takes any arguments of QUIT.
pub(crate) fn quit(call: Call<'_>) -> CommandResult<'_> {
    call.session.close_after_reply();
    Ok(Reply::OK)
}

/// `SELECT index`
pub(crate) fn select(call: Call<'_>) -> CommandResult<'_> {
    match call.integer(1)? {
        0 => Ok(Reply::OK),
        -0x8000_0000..=0x7fff_ffff => Err(CommandError::other("DB index is out of range")),
        _ => Err(CommandError::other(
            "value is out of range, value must between -2147483648 and 2147483647",
        )),
    }
}
