//! What a command is: its name, its arguments, and the function that runs it.

use crate::clock::UnixMillis;
use crate::number;
use crate::reply::Reply;
use crate::request::Request;
use crate::session::Session;
use crate::state::State;

mod error;
pub mod usage;
pub use error::{CommandError, as_typed};

/// One command.
#[derive(Debug)]
pub struct Command {
    /// Its name in capitals.
    pub name: &'static str,
    /// Its arguments: `[ ]` marks an optional one, `...` a repeated one. The arity is computed from
    /// this text, so the two always agree.
    pub usage: &'static str,
    /// What it reads or changes.
    pub group: Group,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// The function that runs it.
    pub run: for<'a> fn(Call<'a>) -> CommandResult<'a>,
    /// The number of arguments, with the name; `-3` means 3 or more. As in COMMAND.
    pub arity: i32,
}

/// What a command reads or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// It reads strings.
    StringRead,
    /// It changes strings.
    StringWrite,
    /// It reads keys of any type.
    KeyRead,
    /// It changes keys of any type.
    KeyWrite,
    /// It is about the connection.
    Connection,
    /// It is about the server.
    Server,
}

/// One call of a command.
#[derive(Debug)]
pub struct Call<'a> {
    /// The request with its arguments.
    pub request: &'a Request<'a>,
    /// The state of the server.
    pub state: &'a mut State,
    /// The client's session.
    pub session: &'a Session,
    /// The time of this call.
    pub now: UnixMillis,
    /// All commands, for the command that lists them.
    pub table: &'static [Command],
}

/// The reply of a command, or its error. The client gets either, and the conversation goes on.
pub type CommandResult<'a> = Result<Reply<'a>, CommandError>;

impl<'a> Call<'a> {
    /// The argument at `index`. The name of the command is argument 0.
    #[must_use]
    pub fn arg(&self, index: usize) -> &'a [u8] {
        self.request.arg(index)
    }

    /// All arguments from `index` on.
    pub fn args_from(&self, index: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.request.args().skip(index)
    }

    /// The argument at `index` as a whole number.
    ///
    /// # Errors
    /// [`CommandError::NotAnInteger`]
    pub fn integer(&self, index: usize) -> Result<i64, CommandError> {
        number::parse(self.arg(index)).ok_or(CommandError::NotAnInteger)
    }
}

impl Command {
    /// A command. Its arity is computed from `usage`.
    pub(crate) const fn new(
        name: &'static str,
        usage: &'static str,
        group: Group,
        summary: &'static str,
        run: for<'a> fn(Call<'a>) -> CommandResult<'a>,
    ) -> Self {
        Self { name, usage, group, summary, run, arity: usage::arity(usage) }
    }

    /// Checks the number of arguments.
    ///
    /// # Errors
    /// [`CommandError::WrongArity`]
    pub fn check_arity(&self, request: &Request<'_>) -> Result<(), CommandError> {
        let (wanted, found) = (self.arity.unsigned_abs() as usize, request.len());
        let fits = if self.arity < 0 { found >= wanted } else { found == wanted };
        if fits { Ok(()) } else { Err(CommandError::wrong_arity(request.name())) }
    }
}
