//! A reply: the answer of the server, before a protocol turns it into bytes.

use std::borrow::Cow;

/// The version of RESP that a connection uses. HELLO changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// Every client understands it.
    #[default]
    Resp2,
    /// A client that has sent `HELLO 3` understands it.
    Resp3,
}

impl Version {
    /// Its number: 2 or 3.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Version::Resp2 => 2,
            Version::Resp3 => 3,
        }
    }
}

/// The answer to one request. It borrows a value from the store, so the value is copied only once: into
/// the write buffer.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply<'a> {
    /// A short text such as `OK` or `PONG`.
    Status(Cow<'a, str>),
    /// An error with its code in front: `ERR unknown command 'FOO'`.
    Error(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A value: any bytes.
    Bulk(Cow<'a, [u8]>),
    /// Text of several lines for people, such as the reply to INFO.
    Text(Cow<'a, str>),
    /// No such value exists.
    Nil,
    /// Several replies in order.
    Array(Vec<Reply<'a>>),
    /// Several different replies in any order. RESP2 sends them as an array.
    Set(Vec<Reply<'a>>),
    /// Pairs of a field and its value. RESP2 sends them as a flat array.
    Map(Vec<(Reply<'a>, Reply<'a>)>),
}

impl<'a> Reply<'a> {
    /// The reply of a command that has succeeded and returns nothing.
    pub const OK: Reply<'static> = Reply::Status(Cow::Borrowed("OK"));

    /// A value of the store, or nil.
    #[must_use]
    pub fn value(value: Option<&'a [u8]>) -> Self {
        value.map_or(Reply::Nil, |bytes| Reply::Bulk(Cow::Borrowed(bytes)))
    }

    /// Text as a value.
    #[must_use]
    pub fn bulk(text: impl Into<Cow<'a, str>>) -> Self {
        match text.into() {
            Cow::Borrowed(text) => Reply::Bulk(Cow::Borrowed(text.as_bytes())),
            Cow::Owned(text) => Reply::Bulk(Cow::Owned(text.into_bytes())),
        }
    }

    /// A number of things in memory.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Reply::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}
