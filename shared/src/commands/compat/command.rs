//! COMMAND: describes the commands. redis-cli makes its help and its hints from the reply.

use crate::command::{Call, Command, CommandError, CommandResult, Group, usage};
use crate::reply::Reply;

/// `COMMAND [COUNT | DOCS [name ...]]`
pub(crate) fn command(call: Call<'_>) -> CommandResult<'_> {
    if call.request.len() == 1 {
        return Ok(Reply::Array(call.table.iter().map(describe).collect()));
    }
    match call.arg(1).to_ascii_uppercase().as_slice() {
        b"COUNT" if call.request.len() == 2 => Ok(Reply::count(call.table.len())),
        b"COUNT" => Err(CommandError::wrong_subcommand_arity(call.arg(0), call.arg(1))),
        b"DOCS" => {
            let wanted = |command: &&Command| {
                let name = command.name.as_bytes();
                call.request.len() == 2
                    || call.args_from(2).any(|arg| arg.eq_ignore_ascii_case(name))
            };
            Ok(Reply::Map(call.table.iter().filter(wanted).map(document).collect()))
        }
        _ => Err(CommandError::unknown_subcommand("COMMAND", call.arg(1))),
    }
}

/// One entry of COMMAND: name, arity, flags, and which arguments are keys.
fn describe(command: &Command) -> Reply<'static> {
    let flags: &[&'static str] = match command.group {
        Group::StringWrite => &["write", "denyoom", "fast"],
        Group::KeyWrite => &["write", "fast"],
        Group::StringRead | Group::KeyRead => &["readonly", "fast"],
        Group::Connection | Group::Server => &["loading", "stale", "fast"],
    };
    let (first, last, step) = usage::keys(command.usage);
    Reply::Array(vec![
        Reply::bulk(command.name.to_ascii_lowercase()),
        Reply::Integer(command.arity.into()),
        Reply::Array(flags.iter().map(|flag| Reply::Status((*flag).into())).collect()),
        Reply::Integer(first),
        Reply::Integer(last),
        Reply::Integer(step),
        Reply::Array(Vec::new()),
        Reply::Array(Vec::new()),
        Reply::Array(Vec::new()),
        Reply::Array(Vec::new()),
    ])
}

/// One entry of COMMAND DOCS.
fn document(command: &'static Command) -> (Reply<'static>, Reply<'static>) {
    let group = match command.group {
        Group::StringRead | Group::StringWrite => "string",
        Group::KeyRead | Group::KeyWrite => "generic",
        Group::Connection => "connection",
        Group::Server => "server",
    };
    let arguments = usage::parts(command.usage).into_iter().map(|(text, is_optional)| {
        let mut argument = vec![
            (Reply::bulk("name"), Reply::bulk(text)),
            (Reply::bulk("type"), Reply::bulk("string")),
        ];
        if is_optional {
            let flags = Reply::Array(vec![Reply::Status("optional".into())]);
            argument.push((Reply::bulk("flags"), flags));
        }
        Reply::Map(argument)
    });
    let fields = vec![
        (Reply::bulk("summary"), Reply::bulk(command.summary)),
        (Reply::bulk("since"), Reply::bulk("1.0.0")),
        (Reply::bulk("group"), Reply::bulk(group)),
        (Reply::bulk("arguments"), Reply::Array(arguments.collect())),
    ];
    (Reply::bulk(command.name.to_ascii_lowercase()), Reply::Map(fields))
}
