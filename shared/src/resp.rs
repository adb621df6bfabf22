//! RESP, the Redis Serialization Protocol: bytes to requests and replies to bytes.
//!
//! A request is an array of bulk strings, `*2\r\n$3\r\nGET\r\n$4\r\nname\r\n`: first how many, then for
//! each how long and its bytes. Because lengths come first, a value may hold anything. A request
//! that does not start with `*` is a line of words, for people with telnet. RESP2 and RESP3 differ
//! in how they write nil, maps and text, and in nothing else that this kit needs: one codec serves
//! both. Source: the RESP specification of Redis, `PROTO_*` and `process*Buffer` of its server.

use crate::inbox::{Bookmark, Inbox};
use crate::limits;
use crate::number;
use crate::reply::{Reply, Version};
use crate::request::{Request, Word};
use crate::wire::Wire;

mod client;
pub use client::Codec;

/// How the log shows this protocol.
pub const WIRE: Wire = Wire::Resp;

/// Bytes that can never become a request. They are answered with this, and the connection is closed:
/// nobody can tell where the next request would begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// `*` is followed by something that is not a count, or by too large a one.
    #[error("ERR Protocol error: invalid multibulk length")]
    Count,
    /// The line of a `*` does not end.
    #[error("ERR Protocol error: too big mbulk count string")]
    CountLine,
    /// A word of a request does not begin with `$`.
    #[error("ERR Protocol error: expected '$', got '{}'", as_typed(*.0))]
    NoDollar(u8),
    /// `$` is followed by something that is not a length, or by too large a one.
    #[error("ERR Protocol error: invalid bulk length")]
    Length,
    /// The line of a `$` does not end.
    #[error("ERR Protocol error: too big bulk count string")]
    LengthLine,
    /// A line of words does not end.
    #[error("ERR Protocol error: too big inline request")]
    Line,
    /// A line of words opens a quote and does not close it.
    #[error("ERR Protocol error: {0}")]
    Quotes(#[from] crate::words::UnbalancedQuotes),
}

/// A byte as a client sent it, if it is text; a line break becomes a space in [`line()`].
fn as_typed(byte: u8) -> String {
    if byte.is_ascii() { char::from(byte).into() } else { byte.escape_ascii().to_string() }
}

/// Takes the next request from the front of the inbox.
///
/// There are three outcomes, never two: a whole request; `None`, it is *not all here yet*; an error,
/// it can *never* become one. Empty requests (`*0`, a line of spaces) are skipped, as Redis does.
///
/// # Errors
/// [`ProtocolError`]: answer it and close the connection.
pub fn decode(inbox: &mut Inbox) -> Result<Option<Request<'_>>, ProtocolError> {
    while let Some(&first) = inbox.unread().first() {
        if first == b'*' {
            let (bytes, bookmark) = inbox.open();
            if !scan_array(bytes, bookmark)? {
                return Ok(None);
            }
            if !bookmark.words.is_empty() {
                return Ok(Some(inbox.take_request()));
            }
            inbox.skip_request();
        } else {
            let found = inbox.find_line();
            // Whether its end is here or not: how it arrives must not decide.
            if found.unwrap_or(inbox.unread().len()) > limits::INLINE {
                return Err(ProtocolError::Line);
            }
            let Some(length) = found else { return Ok(None) };
            if !is_blank(inbox, length) {
                return Ok(Some(inbox.take_line(length)?));
            }
            inbox.consume(length + 1);
        }
    }
    Ok(None)
}

fn is_blank(inbox: &Inbox, length: usize) -> bool {
    inbox.unread().iter().take(length).all(u8::is_ascii_whitespace)
}

/// Moves the bookmark over the array of words at the front as far as it has arrived, noting where
/// each word lies. Returns whether all of it is here.
pub(crate) fn scan_array(bytes: &[u8], bookmark: &mut Bookmark) -> Result<bool, ProtocolError> {
    if bookmark.cursor == 0 {
        bookmark.words.clear();
        let line = length_line(bytes.get(1..).unwrap_or_default());
        let Some((count, size)) =
            line.map_err(|bad| bad.or(ProtocolError::CountLine, ProtocolError::Count))?
        else {
            return Ok(false);
        };
        if count > limits::WORDS {
            return Err(ProtocolError::Count);
        }
        bookmark.missing = usize::try_from(count).unwrap_or(0);
        bookmark.cursor = 1 + size;
    }
    while bookmark.missing > 0 {
        let Some(word) = scan_word(bytes, bookmark.cursor)? else { return Ok(false) };
        // Behind the word come two bytes, CR and LF. Like Redis, we count them and do not look at them.
        let end = word.end + 2;
        if end > bytes.len() {
            bookmark.wanted = end - bytes.len();
            return Ok(false);
        }
        bookmark.cursor = end;
        bookmark.words.push(word);
        bookmark.missing -= 1;
    }
    Ok(true)
}

/// Where the word lies that begins at `cursor`, `$3\r\nGET\r\n`; `None` if its length is not all
/// here. Its bytes may not be, either way.
#[inline]
fn scan_word(bytes: &[u8], cursor: usize) -> Result<Option<Word>, ProtocolError> {
    let Some((&mark, rest)) = bytes.get(cursor..).and_then(<[u8]>::split_first) else {
        return Ok(None);
    };
    if mark != b'$' {
        return Err(ProtocolError::NoDollar(mark));
    }
    let line = length_line(rest);
    let Some((length, size)) =
        line.map_err(|bad| bad.or(ProtocolError::LengthLine, ProtocolError::Length))?
    else {
        return Ok(None);
    };
    let length = usize::try_from(length).map_err(|_| ProtocolError::Length)?;
    if length > limits::WORD {
        return Err(ProtocolError::Length);
    }
    let start = cursor + 1 + size;
    Ok(Some(start..start + length))
}

/// What is wrong with the line of a length.
enum BadLine {
    Endless,
    NoNumber,
}

impl BadLine {
    fn or(&self, endless: ProtocolError, no_number: ProtocolError) -> ProtocolError {
        match self {
            BadLine::Endless => endless,
            BadLine::NoNumber => no_number,
        }
    }
}

/// Reads `5\r\n`: the number, and how many bytes its line takes; `None` if it is not all here.
#[inline]
fn length_line(bytes: &[u8]) -> Result<Option<(i64, usize)>, BadLine> {
    // Nearly all lengths have one digit or two.
    let digit = |byte: u8| i64::from(byte - b'0');
    match *bytes {
        [a @ b'0'..=b'9', b'\r', _, ..] => Ok(Some((digit(a), 3))),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', b'\r', _, ..] => Ok(Some((digit(a) * 10 + digit(b), 4))),
        _ => long_line(bytes),
    }
}

fn long_line(bytes: &[u8]) -> Result<Option<(i64, usize)>, BadLine> {
    // No further than the limit: how it arrives must not decide.
    let front = bytes.get(..limits::INLINE).unwrap_or(bytes);
    let Some(digits) = memchr::memchr(b'\r', front) else {
        // The mark in front of the number counts as well.
        return if bytes.len() >= limits::INLINE { Err(BadLine::Endless) } else { Ok(None) };
    };
    if bytes.len() < digits + 2 {
        return Ok(None);
    }
    let number = bytes.get(..digits).and_then(number::parse).ok_or(BadLine::NoNumber)?;
    Ok(Some((number, digits + 2)))
}

/// Appends a reply to the outbox, in the words of `version`.
pub fn encode(reply: &Reply<'_>, version: Version, outbox: &mut Vec<u8>) {
    match (reply, version) {
        (Reply::Status(text), _) => line(b'+', text, outbox),
        (Reply::Error(text), _) => line(b'-', text, outbox),
        (Reply::Integer(value), _) => integer(b':', *value, outbox),
        (Reply::Bulk(bytes), _) => bulk(bytes, outbox),
        (Reply::Text(text), Version::Resp2) => bulk(text.as_bytes(), outbox),
        (Reply::Text(text), Version::Resp3) => verbatim(text, outbox),
        (Reply::Nil, Version::Resp2) => outbox.extend_from_slice(b"$-1\r\n"),
        (Reply::Nil, Version::Resp3) => outbox.extend_from_slice(b"_\r\n"),
        (Reply::Array(items), _) => {
            length(b'*', items.len(), outbox);
            for item in items {
                encode(item, version, outbox);
            }
        }
        (Reply::Map(pairs), _) => {
            match version {
                Version::Resp2 => length(b'*', pairs.len() * 2, outbox),
                Version::Resp3 => length(b'%', pairs.len(), outbox),
            }
            for (field, value) in pairs {
                encode(field, version, outbox);
                encode(value, version, outbox);
            }
        }
    }
}

/// `+OK\r\n`. A line break within the text would end the reply too early: it becomes a space.
fn line(mark: u8, text: &str, outbox: &mut Vec<u8>) {
    outbox.push(mark);
    let start = outbox.len();
    outbox.extend_from_slice(text.as_bytes());
    for byte in outbox.iter_mut().skip(start).filter(|byte| matches!(byte, b'\r' | b'\n')) {
        *byte = b' ';
    }
    outbox.extend_from_slice(b"\r\n");
}

/// `:42\r\n`
fn integer(mark: u8, value: impl itoa::Integer, outbox: &mut Vec<u8>) {
    outbox.push(mark);
    outbox.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    outbox.extend_from_slice(b"\r\n");
}

/// `*2\r\n`
fn length(mark: u8, length: usize, outbox: &mut Vec<u8>) {
    match u8::try_from(length) {
        // Many a length has one digit.
        Ok(digit @ 0..=9) => outbox.extend_from_slice(&[mark, b'0' + digit, b'\r', b'\n']),
        _ => integer(mark, length, outbox),
    }
}

/// `$5\r\nAlice\r\n`
fn bulk(bytes: &[u8], outbox: &mut Vec<u8>) {
    length(b'$', bytes.len(), outbox);
    outbox.extend_from_slice(bytes);
    outbox.extend_from_slice(b"\r\n");
}

/// `=9\r\ntxt:Alice\r\n`
fn verbatim(text: &str, outbox: &mut Vec<u8>) {
    length(b'=', "txt:".len() + text.len(), outbox);
    outbox.extend_from_slice(b"txt:");
    outbox.extend_from_slice(text.as_bytes());
    outbox.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests;
