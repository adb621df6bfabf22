//! HELLO: the client chooses RESP2 or RESP3.

use super::REDIS_VERSION;
use super::client::set_name;
use crate::command::{Call, CommandError, CommandResult};
use crate::number;
use crate::reply::{Reply, Version};

/// The arguments of HELLO.
pub(crate) const HELLO_USAGE: &str = "[protover [AUTH username password] [SETNAME clientname]]";

/// `HELLO [protover [AUTH username password] [SETNAME clientname]]`
///
/// Without arguments it is an unknown command, as in the transcript that this kit re-creates.
pub(crate) fn hello(mut call: Call<'_>) -> CommandResult<'_> {
    if call.request.len() == 1 {
        return Err(CommandError::unknown(call.request.name()));
    }
    let version = match number::parse(call.arg(1)) {
        None => {
            return Err(CommandError::other("Protocol version is not an integer or out of range"));
        }
        Some(2) => Version::Resp2,
        Some(3) => Version::Resp3,
        Some(_) => return Err(CommandError::Other("NOPROTO unsupported protocol version".into())),
    };
    let mut args = call.args_from(2);
    while let Some(arg) = args.next() {
        match (arg.to_ascii_uppercase().as_slice(), args.next()) {
            // This server has no users and no passwords. It accepts any password of the user `default`,
            // which every Redis has.
            (b"AUTH", Some(user)) => match args.next() {
                None => return Err(bad_option(arg)),
                Some(_) if user == b"default" => {}
                Some(_) => {
                    let message = "WRONGPASS invalid username-password pair or user is disabled.";
                    return Err(CommandError::Other(message.into()));
                }
            },
            (b"SETNAME", Some(name)) => set_name(&mut call, name)?,
            _ => return Err(bad_option(arg)),
        }
    }
    call.session.version.set(version);
    if let Some(client) = call.state.client_mut(call.session) {
        client.version = version;
    }
    Ok(Reply::Map(vec![
        (Reply::bulk("server"), Reply::bulk("redis")),
        (Reply::bulk("version"), Reply::bulk(REDIS_VERSION)),
        (Reply::bulk("proto"), Reply::Integer(version.number().into())),
        (Reply::bulk("id"), Reply::Integer(call.session.id.cast_signed())),
        (Reply::bulk("mode"), Reply::bulk("standalone")),
        (Reply::bulk("role"), Reply::bulk("master")),
        (Reply::bulk("modules"), Reply::Array(Vec::new())),
    ]))
}

fn bad_option(option: &[u8]) -> CommandError {
    let option = String::from_utf8_lossy(option);
    CommandError::other(format!("Syntax error in HELLO option '{option}'"))
}
