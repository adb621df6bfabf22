//! A reply: what the server answers, before a protocol turns it into bytes, and what a client gets.

use std::borrow::Cow;

/// Which words a connection uses for nil, maps and text. HELLO changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// What every client speaks.
    #[default]
    Resp2,
    /// What a client speaks that has sent `HELLO 3`.
    Resp3,
}

/// The answer to one request. A value is borrowed from the store: it is copied once, to the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply<'a> {
    /// A short word such as `OK` or `PONG`.
    Status(Cow<'a, str>),
    /// What went wrong, with its code in front: `ERR unknown command 'FOO'`.
    Error(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A value: any bytes.
    Bulk(Cow<'a, [u8]>),
    /// Text for people, of several lines, such as that of INFO.
    Text(Cow<'a, str>),
    /// There is no such value.
    Nil,
    /// Several replies in order.
    Array(Vec<Reply<'a>>),
    /// Pairs of a field and what it is; RESP2 has no word for it and sends a flat array.
    Map(Vec<(Reply<'a>, Reply<'a>)>),
}

impl<'a> Reply<'a> {
    /// The answer of a command that did what it was told and has nothing to tell.
    pub const OK: Reply<'static> = Reply::Status(Cow::Borrowed("OK"));

    /// A value that is in the store, or nil.
    #[must_use]
    pub fn value(value: Option<&'a [u8]>) -> Self {
        value.map_or(Reply::Nil, |bytes| Reply::Bulk(Cow::Borrowed(bytes)))
    }

    /// A piece of text as a value.
    #[must_use]
    pub fn bulk(text: impl Into<Cow<'a, str>>) -> Self {
        match text.into() {
            Cow::Borrowed(text) => Reply::Bulk(Cow::Borrowed(text.as_bytes())),
            Cow::Owned(text) => Reply::Bulk(Cow::Owned(text.into_bytes())),
        }
    }

    /// How many there are of something in memory.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Reply::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}
