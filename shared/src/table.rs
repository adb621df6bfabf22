//! The table of commands, as data: one line each. To add a command, add its line here and its function in
//! [`crate::commands`].

use crate::command::{Command, Group};
use crate::commands::{compat, connection, counters, expiry, keys, strings};

use Group::{Connection, KeyRead, KeyWrite, Server, StringRead, StringWrite};

/// All commands. A look-up goes from top to bottom, so the most common commands come first.
#[rustfmt::skip]
pub static COMMANDS: &[Command] = &[
    Command::new("GET",       "key",                       StringRead,  "Returns the value of a key.",                          strings::get),
    Command::new("SET",       strings::SET_USAGE,      StringWrite, "Sets a key to a value. Can set when it expires.",          strings::set),
    Command::new("INCR",      "key",                       StringWrite, "Adds 1 to the number at a key.",             counters::incr),
    Command::new("MGET",      "key [key ...]",             StringRead,  "Returns the values of several keys.",                  strings::mget),
    Command::new("MSET",      "key value [key value ...]", StringWrite, "Sets several keys at once.",                           strings::mset),
    Command::new("DECR",      "key",                       StringWrite, "Subtracts 1 from the number at a key.",          counters::decr),
    Command::new("INCRBY",    "key increment",             StringWrite, "Adds to the number at a key.",                 counters::incrby),
    Command::new("DECRBY",    "key decrement",             StringWrite, "Subtracts from the number at a key.",              counters::decrby),
    Command::new("APPEND",    "key value",                 StringWrite, "Adds bytes to the end of a value.",                    strings::append),
    Command::new("STRLEN",    "key",                       StringRead,  "Returns the length of a value in bytes.",              strings::strlen),

    Command::new("DEL",       "key [key ...]",             KeyWrite,    "Deletes keys.",                                        keys::del),
    Command::new("EXISTS",    "key [key ...]",             KeyRead,     "Counts how many of the keys exist.",                   keys::exists),
    Command::new("TYPE",      "key",                       KeyRead,     "Returns the type of the value at a key.",                keys::type_of),
    Command::new("KEYS",      "pattern",                   KeyRead,     "Lists the keys that match a pattern.",                 keys::keys),
    Command::new("EXPIRE",    "key seconds [NX | XX | GT | LT]",           KeyWrite, "Makes a key expire after some seconds.",      expiry::expire),
    Command::new("PEXPIRE",   "key milliseconds [NX | XX | GT | LT]",      KeyWrite, "Makes a key expire after some milliseconds.", expiry::pexpire),
    Command::new("EXPIREAT",  "key unix-time-seconds [NX | XX | GT | LT]", KeyWrite, "Makes a key expire at a time in seconds.",                  expiry::expireat),
    Command::new("PEXPIREAT", "key unix-time-milliseconds [NX | XX | GT | LT]", KeyWrite, "Makes a key expire at a time in milliseconds.", expiry::pexpireat),
    Command::new("TTL",       "key",                       KeyRead,     "Returns the seconds until a key expires.",             expiry::ttl),
    Command::new("PTTL",      "key",                       KeyRead,     "Returns the milliseconds until a key expires.",        expiry::pttl),
    Command::new("PERSIST",   "key",                       KeyWrite,    "Removes the deadline of a key.",                     expiry::persist),

    Command::new("PING",      "[message]",                 Connection,  "Returns PONG, or the message.",                        connection::ping),
    Command::new("ECHO",      "message",                   Connection,  "Returns the message.",                                 connection::echo),
    Command::new("HELLO",     compat::HELLO_USAGE,      Connection,  "HELLO 3 switches to RESP3, HELLO 2 to RESP2 (not in lab 1).", compat::hello),
    Command::new("SELECT",    "index",                     Connection,  "Selects a database. The only one is 0.",       connection::select),
    Command::new("CLIENT",    "ID | SETNAME name | GETNAME | SETINFO attribute value | LIST | HELP", Connection, "Names a client, or lists all clients.", compat::client),
    Command::new("EXIT",      "",                          Connection,  "Closes the connection.",                               connection::quit),
    Command::new("QUIT",      "[ignored ...]",             Connection,  "Closes the connection.",                               connection::quit),

    Command::new("DBSIZE",    "",                          Server,      "Counts the keys.",                                     keys::dbsize),
    Command::new("FLUSHALL",  "[ASYNC | SYNC]",            KeyWrite,    "Deletes all keys.",                                    keys::flush),
    Command::new("FLUSHDB",   "[ASYNC | SYNC]",            KeyWrite,    "Deletes all keys.",                                    keys::flush),
    Command::new("INFO",      "[section ...]",             Server,      "Returns uptime, clients, memory and keys.", compat::info),
    Command::new("COMMAND",   "[COUNT | DOCS [name ...] | HELP]", Server,    "Describes the commands.",                            compat::command),
    Command::new("CONFIG",    "HELP | GET pattern [pattern ...]", Server,    "Returns the settings of the server.",                      compat::config),
];

/// Finds a command by its name, in capitals or not.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name.as_bytes().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_case() {
        assert_eq!(find(b"gEt").map(|command| command.name), Some("GET"));
        assert!(find(b"GETX").is_none());
        assert!(find(b"").is_none());
    }

    #[test]
    fn each_command_stands_in_the_table_once_in_capitals_with_a_sentence() {
        for command in COMMANDS {
            let twins = COMMANDS.iter().filter(|other| other.name == command.name).count();
            assert_eq!(twins, 1, "{}", command.name);
            assert_eq!(command.name, command.name.to_uppercase());
            assert!(command.summary.ends_with('.'), "{}", command.name);
        }
    }
}
