//! CLIENT: the names of clients and their list.

use std::fmt::Write as _;

use super::help;
use crate::command::{Call, CommandError, CommandResult, as_typed};
use crate::reply::Reply;

/// `CLIENT ID | SETNAME name | GETNAME | SETINFO attribute value | LIST | HELP`
pub(crate) fn client(mut call: Call<'_>) -> CommandResult<'_> {
    let subcommand = call.arg(1).to_ascii_uppercase();
    match (subcommand.as_slice(), call.request.len()) {
        (b"ID", 2) => Ok(Reply::Integer(call.session.id.cast_signed())),
        (b"SETNAME", 3) => {
            let name = call.arg(2);
            set_name(&mut call, name).map(|()| Reply::OK)
        }
        (b"GETNAME", 2) => {
            let client = call.state.client_mut(call.session).filter(|it| !it.name.is_empty());
            Ok(client.map_or(Reply::Nil, |client| Reply::bulk(client.name.as_str())))
        }
        (b"SETINFO", 4) => set_info(call),
        (b"LIST", 2) => Ok(Reply::Text(list(&call).into())),
        (b"LIST", _) => Err(CommandError::Syntax),
        _ => help(&call),
    }
}

/// Names the client of this session.
pub(super) fn set_name(call: &mut Call<'_>, name: &[u8]) -> Result<(), CommandError> {
    let name = printable(name, "Client names")?;
    if let Some(client) = call.state.client_mut(call.session) {
        client.name = name;
    }
    Ok(())
}

fn set_info(call: Call<'_>) -> CommandResult<'_> {
    let (attribute, value) = (call.arg(2), call.arg(3));
    let index = match attribute.to_ascii_lowercase().as_slice() {
        b"lib-name" => 0,
        b"lib-ver" => 1,
        _ => {
            let message = format!("Unrecognized option '{}'", as_typed(attribute));
            return Err(CommandError::other(message));
        }
    };
    let value = printable(value, ["lib-name", "lib-ver"][index])?;
    if let Some(client) = call.state.client_mut(call.session) {
        client.library[index] = value;
    }
    Ok(Reply::OK)
}

/// An argument as text, if a line of CLIENT LIST can hold it.
fn printable(arg: &[u8], what: &str) -> Result<String, CommandError> {
    if arg.iter().all(u8::is_ascii_graphic) {
        return Ok(String::from_utf8_lossy(arg).into_owned());
    }
    let message = format!("{what} cannot contain spaces, newlines or special characters.");
    Err(CommandError::other(message))
}

/// One line for each client.
fn list(call: &Call<'_>) -> String {
    let mut lines = String::new();
    for (id, client) in &call.state.clients {
        let [library, library_version] = &client.library;
        _ = writeln!(
            lines,
            "id={id} addr={} laddr={} name={} age={} db=0 resp={} lib-name={library} lib-ver={library_version}",
            client.addr,
            call.state.addr,
            client.name,
            (call.now - client.since).max(0) / 1000,
            client.version.number(),
        );
    }
    lines
}
