//! What can be wrong with a command. The client is told, and the conversation goes on.

/// An error that a client reads. The wording is Redis's, except that the first two name the command as
/// it was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no command of this name.
    #[error("ERR unknown command '{0}'")]
    Unknown(String),
    /// The command wants more words, or fewer.
    #[error("ERR wrong number of arguments for '{0}'")]
    WrongArity(String),
    /// The command has no such second word.
    #[error("ERR unknown subcommand '{subcommand}'. Try {command} HELP.")]
    UnknownSubcommand {
        /// The first word, in capitals.
        command: &'static str,
        /// The second word, as it was typed.
        subcommand: String,
    },
    /// The words do not make sense together.
    #[error("ERR syntax error")]
    Syntax,
    /// A word or a value should be a whole number of 64 bits.
    #[error("ERR value is not an integer or out of range")]
    NotAnInteger,
    /// The sum would not fit in 64 bits.
    #[error("ERR increment or decrement would overflow")]
    Overflow,
    /// The number cannot be taken away, since its opposite does not fit in 64 bits.
    #[error("ERR decrement would overflow")]
    DecrementOverflow,
    /// The time is in the past, or too far in the future. The command is named in small letters.
    #[error("ERR invalid expire time in '{0}' command")]
    ExpireTime(&'static str),
    /// The value would be too long.
    #[error("ERR string exceeds maximum allowed size (proto-max-bulk-len)")]
    TooLong,
    /// There is no memory left for what the command would store.
    #[error("OOM command not allowed when used memory > 'maxmemory'.")]
    OutOfMemory,
    /// Anything else, with its code in front.
    #[error("{0}")]
    Other(String),
}

/// Longest piece of a client's words that an error repeats, in bytes. As in Redis.
const ECHO: usize = 128;

/// A client's word, for a message: not too long, and as text.
#[must_use]
pub fn as_typed(word: &[u8]) -> String {
    String::from_utf8_lossy(word.get(..ECHO).unwrap_or(word)).into_owned()
}

impl CommandError {
    /// There is no command of this name.
    #[must_use]
    pub fn unknown(name: &[u8]) -> Self {
        Self::Unknown(as_typed(name))
    }

    /// The command of this name wants more words, or fewer.
    #[must_use]
    pub fn wrong_arity(name: &[u8]) -> Self {
        Self::WrongArity(as_typed(name))
    }

    /// `command` has no such second word.
    #[must_use]
    pub fn unknown_subcommand(command: &'static str, subcommand: &[u8]) -> Self {
        Self::UnknownSubcommand { command, subcommand: as_typed(subcommand) }
    }

    /// An error with the code ERR and words of its own.
    #[must_use]
    pub fn other(message: impl std::fmt::Display) -> Self {
        Self::Other(format!("ERR {message}"))
    }
}
