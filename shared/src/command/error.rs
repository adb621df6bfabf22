//! Errors of commands. The client gets the error as a reply, and the conversation goes on.

/// An error reply. The wording is Redis's, but the first two repeat the name of the command as the client
/// typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no command of this name.
    #[error("ERR unknown command '{0}'")]
    Unknown(String),
    /// The command takes more arguments, or fewer.
    #[error("ERR wrong number of arguments for '{0}'")]
    WrongArity(String),
    /// The arguments do not make sense together.
    #[error("ERR syntax error")]
    Syntax,
    /// An argument or a value is not a whole number of 64 bits.
    #[error("ERR value is not an integer or out of range")]
    NotAnInteger,
    /// The sum would not fit in 64 bits.
    #[error("ERR increment or decrement would overflow")]
    Overflow,
    /// The number cannot be subtracted: its opposite does not fit in 64 bits.
    #[error("ERR decrement would overflow")]
    DecrementOverflow,
    /// The time is in the past, or too far in the future. Holds the name of the command in small letters.
    #[error("ERR invalid expire time in '{0}' command")]
    ExpireTime(&'static str),
    /// The value would be too long.
    #[error("ERR string exceeds maximum allowed size (proto-max-bulk-len)")]
    TooLong,
    /// There is no memory left for the new value.
    #[error("OOM command not allowed when used memory > 'maxmemory'.")]
    OutOfMemory,
    /// Anything else, with its code in front.
    #[error("{0}")]
    Other(String),
}

/// An error repeats this many bytes of an argument at most. As in Redis.
const MAX_ECHO: usize = 128;

/// An argument as text for an error message, cut if it is long.
#[must_use]
pub fn as_typed(arg: &[u8]) -> String {
    String::from_utf8_lossy(arg.get(..MAX_ECHO).unwrap_or(arg)).into_owned()
}

impl CommandError {
    /// There is no command of this name.
    #[must_use]
    pub fn unknown(name: &[u8]) -> Self {
        Self::Unknown(as_typed(name))
    }

    /// The command of this name takes more arguments, or fewer.
    #[must_use]
    pub fn wrong_arity(name: &[u8]) -> Self {
        Self::WrongArity(as_typed(name))
    }

    /// An error with the code ERR and this message.
    #[must_use]
    pub fn other(message: impl std::fmt::Display) -> Self {
        Self::Other(format!("ERR {message}"))
    }
}
