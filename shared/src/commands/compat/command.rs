//! COMMAND: describes the commands. redis-cli makes its help and its hints from the reply.

use super::{find, help};
use crate::command::{Call, Command, CommandResult, Group, usage};
use crate::reply::Reply;

/// `COMMAND [COUNT | DOCS [name ...] | HELP]`
pub(crate) fn command(call: Call<'_>) -> CommandResult<'_> {
    match (call.arg(1).to_ascii_uppercase().as_slice(), call.request.len()) {
        (_, 1) => Ok(Reply::Array(call.table.iter().map(describe).collect())),
        (b"COUNT", 2) => Ok(Reply::count(call.table.len())),
        (b"DOCS", 2) => Ok(Reply::Map(call.table.iter().map(document).collect())),
        (b"DOCS", _) => {
            let wanted = call.args_from(2).filter_map(|name| find(&call, name));
            Ok(Reply::Map(wanted.map(document).collect()))
        }
        _ => help(&call),
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
        Reply::Set(flags.iter().map(|flag| Reply::Status((*flag).into())).collect()),
        Reply::Integer(first),
        Reply::Integer(last),
        Reply::Integer(step),
        Reply::Set(Vec::new()),
        Reply::Set(Vec::new()),
        Reply::Set(Vec::new()),
        Reply::Set(Vec::new()),
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
            let flags = Reply::Set(vec![Reply::Status("optional".into())]);
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
