//! What a client can ask about the commands themselves: COMMAND, from which redis-cli makes its help.

use crate::command::{COMMANDS, Call, Command, CommandError, Group, Outcome, as_typed};
use crate::reply::Reply;

/// `COMMAND [COUNT | DOCS [name ...]]`
pub(crate) fn command(call: Call<'_>) -> Outcome<'_> {
    if call.request.len() == 1 {
        return Ok(Reply::Array(COMMANDS.iter().map(describe).collect()));
    }
    match call.argument(0).to_ascii_uppercase().as_slice() {
        b"COUNT" if call.request.len() == 2 => Ok(Reply::count(COMMANDS.len())),
        b"COUNT" => {
            let name = format!("{}|{}", as_typed(call.request.name()), as_typed(call.argument(0)));
            Err(CommandError::wrong_arity(name.as_bytes()))
        }
        b"DOCS" => {
            let wanted = |command: &&Command| {
                let name = command.name.as_bytes();
                call.request.len() == 2
                    || call.arguments_from(1).any(|word| word.eq_ignore_ascii_case(name))
            };
            Ok(Reply::Map(COMMANDS.iter().filter(wanted).map(document).collect()))
        }
        _ => Err(CommandError::unknown_subcommand("COMMAND", call.argument(0))),
    }
}

/// One entry of COMMAND: name, arity, flags, and which words are keys.
fn describe(command: &Command) -> Reply<'static> {
    let flags: &[&'static str] = match command.group {
        Group::StringWrite => &["write", "denyoom", "fast"],
        Group::KeyWrite => &["write", "fast"],
        Group::StringRead | Group::KeyRead => &["readonly", "fast"],
        Group::Connection | Group::Server => &["loading", "stale", "fast"],
    };
    let (first, last, step) = command.keys();
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

/// One entry of COMMAND DOCS, from which redis-cli makes its help and its hints.
fn document(command: &'static Command) -> (Reply<'static>, Reply<'static>) {
    let group = match command.group {
        Group::StringRead | Group::StringWrite => "string",
        Group::KeyRead | Group::KeyWrite => "generic",
        Group::Connection => "connection",
        Group::Server => "server",
    };
    let arguments = top_level(command.arguments).into_iter().map(|(text, is_optional)| {
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

/// Splits `key [NX | XX]` into its parts: (`key`, not optional), (`NX | XX`, optional).
pub(crate) fn top_level(arguments: &'static str) -> Vec<(&'static str, bool)> {
    let (mut parts, mut rest) = (Vec::new(), arguments.trim_start());
    while !rest.is_empty() {
        let (part, behind) = if let Some(end) = closing(rest) {
            ((&rest[1..end], true), &rest[end + 1..])
        } else {
            let end = rest.find(' ').unwrap_or(rest.len());
            ((&rest[..end], false), &rest[end..])
        };
        parts.push(part);
        rest = behind.trim_start();
    }
    parts
}

/// Where the bracket closes that `text` opens with, if it does.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.starts_with('[').then_some(())?;
    text.bytes().position(|byte| {
        depth += i32::from(byte == b'[') - i32::from(byte == b']');
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::top_level;

    #[test]
    fn arguments_are_split_at_spaces_outside_of_brackets() {
        assert_eq!(
            top_level("key [NX | XX] [a [b]]"),
            [("key", false), ("NX | XX", true), ("a [b]", true)]
        );
        assert_eq!(top_level(""), []);
    }
}
