//! The connection: who is there, and which language it speaks.

use crate::command::{Call, CommandError, Outcome, as_typed};
use crate::reply::{Reply, Version};
use crate::session::Session;

/// What HELLO may be told.
pub const HELLO_ARGUMENTS: &str = "[protover [AUTH username password] [SETNAME clientname]]";

/// `PING [message]`
pub(crate) fn ping(call: Call<'_>) -> Outcome<'_> {
    match call.request.len() {
        1 => Ok(Reply::Status("PONG".into())),
        2 => echo(call),
        _ => Err(CommandError::wrong_arity(call.request.name())),
    }
}

/// `ECHO message`
pub(crate) fn echo(call: Call<'_>) -> Outcome<'_> {
    Ok(Reply::value(Some(call.argument(0))))
}

/// `EXIT`, `QUIT`
pub(crate) fn quit(call: Call<'_>) -> Outcome<'_> {
    call.session.leave();
    Ok(Reply::OK)
}

/// `SELECT index`
pub(crate) fn select(call: Call<'_>) -> Outcome<'_> {
    match call.integer(0)? {
        0 => Ok(Reply::OK),
        _ => Err(CommandError::other("DB index is out of range")),
    }
}

/// `HELLO [protover [AUTH username password] [SETNAME clientname]]`
///
/// Alone it is an unknown command, as in the transcript that this kit re-creates.
pub(crate) fn hello(call: Call<'_>) -> Outcome<'_> {
    if call.request.len() == 1 {
        return Err(CommandError::unknown(call.request.name()));
    }
    let version = match crate::number::parse(call.argument(0)) {
        None => {
            return Err(CommandError::other("Protocol version is not an integer or out of range"));
        }
        Some(2) => Version::Resp2,
        Some(3) => Version::Resp3,
        Some(_) => return Err(CommandError::Other("NOPROTO unsupported protocol version".into())),
    };
    let mut words = call.arguments_from(1);
    while let Some(word) = words.next() {
        let option = word.to_ascii_uppercase();
        match (option.as_slice(), words.next(), &mut words) {
            (b"AUTH", Some(user), words) => authenticate(user, words.next())?,
            (b"SETNAME", Some(name), _) => set_name(call.session, name)?,
            _ => {
                let option = as_typed(word);
                return Err(CommandError::other(format_args!(
                    "Syntax error in HELLO option '{option}'"
                )));
            }
        }
    }
    call.session.version.set(version);
    Ok(Reply::Map(vec![
        (Reply::bulk("server"), Reply::bulk("redis")),
        (Reply::bulk("version"), Reply::bulk(super::server::LIKE_REDIS)),
        (Reply::bulk("proto"), Reply::Integer(if version == Version::Resp2 { 2 } else { 3 })),
        (Reply::bulk("id"), Reply::Integer(call.session.id.cast_signed())),
        (Reply::bulk("mode"), Reply::bulk("standalone")),
        (Reply::bulk("role"), Reply::bulk("master")),
        (Reply::bulk("modules"), Reply::Array(Vec::new())),
    ]))
}

/// There are no users and no passwords: the user that every Redis has may come in with any.
fn authenticate(user: &[u8], password: Option<&[u8]>) -> Result<(), CommandError> {
    match password {
        None => Err(CommandError::other("Syntax error in HELLO option 'AUTH'")),
        Some(_) if user == b"default" => Ok(()),
        Some(_) => Err(CommandError::Other(
            "WRONGPASS invalid username-password pair or user is disabled.".into(),
        )),
    }
}

/// `CLIENT ID | SETNAME name | GETNAME | SETINFO attribute value | LIST`
pub(crate) fn client(call: Call<'_>) -> Outcome<'_> {
    let subcommand = call.argument(0).to_ascii_uppercase();
    match (subcommand.as_slice(), call.request.len()) {
        (b"ID", 2) => Ok(Reply::Integer(call.session.id.cast_signed())),
        (b"SETNAME", 3) => set_name(call.session, call.argument(1)).map(|()| Reply::OK),
        (b"GETNAME", 2) => Ok(match call.session.name.borrow().clone() {
            name if name.is_empty() => Reply::Nil,
            name => Reply::bulk(name),
        }),
        (b"SETINFO", 4) => set_info(call.session, call.argument(1), call.argument(2)),
        (b"LIST", 2) => {
            let sessions = call.engine.sessions.values();
            let lines: String = sessions.map(|session| describe(session, &call)).collect();
            Ok(Reply::Text(lines.into()))
        }
        (b"ID" | b"SETNAME" | b"GETNAME" | b"SETINFO" | b"LIST", _) => {
            let name = format!("{}|{}", as_typed(call.request.name()), as_typed(call.argument(0)));
            Err(CommandError::wrong_arity(name.as_bytes()))
        }
        _ => Err(CommandError::unknown_subcommand("CLIENT", call.argument(0))),
    }
}

fn set_name(session: &Session, name: &[u8]) -> Result<(), CommandError> {
    *session.name.borrow_mut() = printable(name, "Client names")?;
    Ok(())
}

fn set_info<'a>(session: &Session, attribute: &[u8], value: &[u8]) -> Outcome<'a> {
    let [name, version] = &mut *session.library.borrow_mut();
    match attribute.to_ascii_lowercase().as_slice() {
        b"lib-name" => *name = printable(value, "lib-name")?,
        b"lib-ver" => *version = printable(value, "lib-ver")?,
        _ => {
            let attribute = as_typed(attribute);
            return Err(CommandError::other(format_args!("Unrecognized option '{attribute}'")));
        }
    }
    Ok(Reply::OK)
}

/// The word as text, if it could stand in a line of CLIENT LIST.
fn printable(word: &[u8], what: &str) -> Result<String, CommandError> {
    if word.iter().all(u8::is_ascii_graphic) {
        return Ok(String::from_utf8_lossy(word).into_owned());
    }
    let message = format!("{what} cannot contain spaces, newlines or special characters.");
    Err(CommandError::other(message))
}

/// One line of CLIENT LIST.
fn describe(session: &Session, call: &Call<'_>) -> String {
    let [library, library_version] = &*session.library.borrow();
    let version = if session.version.get() == Version::Resp2 { 2 } else { 3 };
    format!(
        "id={} addr={} laddr={} name={} age={} db=0 resp={version} lib-name={library} lib-ver={library_version}\n",
        session.id,
        session.addr,
        call.engine.addr,
        session.name.borrow(),
        (call.now - session.since).max(0) / 1000,
    )
}
