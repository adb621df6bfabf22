//! The commands, as data: one line each. To add a command, add its line and its function.

use crate::clock::UnixMillis;
use crate::commands::{connection, counters, expiry, introspection, keys, server, strings};
use crate::engine::Engine;
use crate::reply::Reply;
use crate::request::Request;
use crate::session::Session;

mod error;
pub use error::{CommandError, as_typed};

/// One command of the table.
#[derive(Debug)]
pub struct Command {
    /// Its name, in capitals.
    pub name: &'static str,
    /// What comes behind the name; `[ ]` may be left out, `...` may be repeated. The number of words
    /// that a request must have is computed from this text, so the two cannot disagree.
    pub arguments: &'static str,
    /// What kind of command it is.
    pub group: Group,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The function that does it.
    pub run: for<'a> fn(Call<'a>) -> Outcome<'a>,
    /// The number of words of a request, the name included; `-3` means 3 or more. As in COMMAND.
    pub arity: i32,
}

/// What kind of command it is: what it reads or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Reads string values.
    StringRead,
    /// Changes string values.
    StringWrite,
    /// Reads keys, whatever they hold.
    KeyRead,
    /// Changes keys, whatever they hold.
    KeyWrite,
    /// Is about the connection.
    Connection,
    /// Is about the server.
    Server,
}

/// What a command is given.
#[derive(Debug)]
pub struct Call<'a> {
    /// The words of the client.
    pub request: Request<'a>,
    /// All that the server has.
    pub engine: &'a mut Engine,
    /// The client that asks.
    pub session: &'a Session,
    /// The time of this command.
    pub now: UnixMillis,
}

impl<'a> Call<'a> {
    /// The argument at `index`, counted from 0: what stands behind the name.
    #[must_use]
    pub fn argument(&self, index: usize) -> &'a [u8] {
        self.request.word(index + 1)
    }

    /// All arguments from `index` on.
    pub fn arguments_from(&self, index: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.request.words().skip(index + 1)
    }

    /// The argument at `index` as a whole number.
    ///
    /// # Errors
    /// [`CommandError::NotAnInteger`].
    pub fn integer(&self, index: usize) -> Result<i64, CommandError> {
        crate::number::parse(self.argument(index)).ok_or(CommandError::NotAnInteger)
    }
}

/// What a command answers: a reply, or an error that the client reads. Either way it may go on.
pub type Outcome<'a> = Result<Reply<'a>, CommandError>;

use Group::{Connection, KeyRead, KeyWrite, Server, StringRead, StringWrite};

/// All commands. The busiest stand first, because a look-up goes from top to bottom.
#[rustfmt::skip]
pub static COMMANDS: &[Command] = &[
    Command::new("GET",       "key",                       StringRead,  "Returns the value of a key.",                          strings::get),
    Command::new("SET",       strings::SET_ARGUMENTS,      StringWrite, "Sets a key to a value, and when it expires.",          strings::set),
    Command::new("INCR",      "key",                       StringWrite, "Adds one to the number that a key holds.",             counters::incr),
    Command::new("MGET",      "key [key ...]",             StringRead,  "Returns the values of several keys.",                  strings::mget),
    Command::new("MSET",      "key value [key value ...]", StringWrite, "Sets several keys at once.",                           strings::mset),
    Command::new("DECR",      "key",                       StringWrite, "Takes one from the number that a key holds.",          counters::decr),
    Command::new("INCRBY",    "key increment",             StringWrite, "Adds to the number that a key holds.",                 counters::incrby),
    Command::new("DECRBY",    "key decrement",             StringWrite, "Takes from the number that a key holds.",              counters::decrby),
    Command::new("APPEND",    "key value",                 StringWrite, "Adds bytes to the end of a value.",                    strings::append),
    Command::new("STRLEN",    "key",                       StringRead,  "Returns the length of a value in bytes.",              strings::strlen),

    Command::new("DEL",       "key [key ...]",             KeyWrite,    "Deletes keys.",                                        keys::del),
    Command::new("EXISTS",    "key [key ...]",             KeyRead,     "Counts how many of the keys exist.",                   keys::exists),
    Command::new("TYPE",      "key",                       KeyRead,     "Tells what kind of value a key holds.",                keys::type_of),
    Command::new("KEYS",      "pattern",                   KeyRead,     "Lists the keys that match a pattern.",                 keys::keys),
    Command::new("EXPIRE",    "key seconds [NX | XX | GT | LT]",           KeyWrite, "Lets a key expire after so many seconds.",      expiry::expire),
    Command::new("PEXPIRE",   "key milliseconds [NX | XX | GT | LT]",      KeyWrite, "Lets a key expire after so many milliseconds.", expiry::pexpire),
    Command::new("EXPIREAT",  "key unix-time-seconds [NX | XX | GT | LT]", KeyWrite, "Lets a key expire at a time.",                  expiry::expireat),
    Command::new("PEXPIREAT", "key unix-time-milliseconds [NX | XX | GT | LT]", KeyWrite, "Lets a key expire at a time, to the millisecond.", expiry::pexpireat),
    Command::new("TTL",       "key",                       KeyRead,     "Returns the seconds until a key expires.",             expiry::ttl),
    Command::new("PTTL",      "key",                       KeyRead,     "Returns the milliseconds until a key expires.",        expiry::pttl),
    Command::new("PERSIST",   "key",                       KeyWrite,    "Lets a key not expire after all.",                     expiry::persist),

    Command::new("PING",      "[message]",                 Connection,  "Answers PONG, or the message.",                        connection::ping),
    Command::new("ECHO",      "message",                   Connection,  "Answers the message.",                                 connection::echo),
    Command::new("HELLO",     connection::HELLO_ARGUMENTS, Connection,  "Shakes hands and chooses RESP2 or RESP3.",             connection::hello),
    Command::new("SELECT",    "index",                     Connection,  "Chooses a database: there is one, and it is 0.",       connection::select),
    Command::new("CLIENT",    "ID | SETNAME name | GETNAME | SETINFO attribute value | LIST", Connection, "Tells or asks about clients.", connection::client),
    Command::new("EXIT",      "",                          Connection,  "Ends the conversation.",                               connection::quit),
    Command::new("QUIT",      "",                          Connection,  "Ends the conversation.",                               connection::quit),

    Command::new("DBSIZE",    "",                          Server,      "Counts the keys.",                                     keys::dbsize),
    Command::new("FLUSHALL",  "[ASYNC | SYNC]",            KeyWrite,    "Deletes all keys.",                                    keys::flush),
    Command::new("FLUSHDB",   "[ASYNC | SYNC]",            KeyWrite,    "Deletes all keys.",                                    keys::flush),
    Command::new("INFO",      "[section ...]",             Server,      "Tells about the server: uptime, clients, commands, keys.", server::info),
    Command::new("COMMAND",   "[COUNT | DOCS [name ...]]", Server,      "Tells about the commands.",                            introspection::command),
    Command::new("CONFIG",    "GET pattern [pattern ...]", Server,      "Tells how the server is set up.",                      server::config),
];

/// Finds a command by its name, in capitals or not.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name.as_bytes().eq_ignore_ascii_case(name))
}

impl Command {
    const fn new(
        name: &'static str,
        arguments: &'static str,
        group: Group,
        summary: &'static str,
        run: for<'a> fn(Call<'a>) -> Outcome<'a>,
    ) -> Self {
        Self { name, arguments, group, summary, run, arity: arity(arguments) }
    }

    /// Whether the request has as many words as the command wants.
    ///
    /// # Errors
    /// [`CommandError::WrongArity`], which names the command as the client typed it.
    pub fn check(&self, request: &Request<'_>) -> Result<(), CommandError> {
        let (wanted, found) = (self.arity.unsigned_abs() as usize, request.len());
        let fits = if self.arity < 0 { found >= wanted } else { found == wanted };
        if fits { Ok(()) } else { Err(CommandError::wrong_arity(request.name())) }
    }

    /// Which words of a request are keys: the first, the last (-1 is the last word), and the step from
    /// one to the next; zeros if none is. As in COMMAND.
    #[must_use]
    pub fn keys(&self) -> (i64, i64, i64) {
        match self.arguments {
            "key [key ...]" => (1, -1, 1),
            "key value [key value ...]" => (1, -1, 2),
            arguments if arguments.starts_with("key") => (1, 1, 1),
            _ => (0, 0, 0),
        }
    }
}

/// Counts the words that `arguments` asks for, and the name; negative if there may be more.
const fn arity(arguments: &str) -> i32 {
    let bytes = arguments.as_bytes();
    let (mut index, mut depth, mut words, mut within_word, mut may_be_more) =
        (0, 0, 1, false, false);
    while index < bytes.len() {
        match bytes[index] {
            b'[' => {
                depth += 1;
                may_be_more = true;
            }
            b']' => depth -= 1,
            b' ' => within_word = false,
            b'|' if depth == 0 => {
                // The first way to go on is the shortest.
                may_be_more = true;
                break;
            }
            _ if depth == 0 && !within_word => {
                words += 1;
                within_word = true;
            }
            _ => {}
        }
        index += 1;
    }
    if may_be_more { -words } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_words_is_read_from_the_text_of_the_arguments() {
        let table = [
            ("", 1),
            ("key", 2),
            ("key value", 3),
            ("[message]", -1),
            ("key value [NX | XX] [GET]", -3),
            ("key [key ...]", -2),
            ("ID | SETNAME name", -2),
        ];
        for (arguments, expected) in table {
            assert_eq!(arity(arguments), expected, "{arguments}");
        }
    }

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
