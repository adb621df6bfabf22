//! RESP, the Redis Serialization Protocol: bytes to requests and replies to bytes.
//!
//! A request is an array of bulk strings, `*2\r\n$3\r\nGET\r\n$4\r\nname\r\n`: first how many, then for
//! each how long and its bytes. Because lengths come first, a value may hold anything. A request
//! that does not start with `*` is a line of words, for people with telnet. RESP2 and RESP3 differ
//! in how they write nil, maps and text, and in nothing else that this kit needs: one codec serves
//! both. Source: the RESP specification of Redis, `PROTO_*` and `process*Buffer` of its server.

use crate::inbox::Inbox;
use crate::limits;
use crate::number;
use crate::reply::{Reply, Version};
use crate::request::Request;
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
    #[error("ERR Protocol error: expected '$', got '{}'", char::from(*.0).escape_default())]
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

/// Takes the next request from the front of the inbox.
///
/// There are three outcomes, never two: a whole request; `None`, it is *not all here yet*; an error,
/// it can *never* become one. Empty requests (`*0`, a line of spaces) are skipped, as Redis does.
///
/// # Errors
/// [`ProtocolError`]: answer it and close the connection.
pub fn decode(inbox: &mut Inbox) -> Result<Option<Request<'_>>, ProtocolError> {
    while !inbox.unread().is_empty() {
        if inbox.unread().first() == Some(&b'*') {
            if !scan_array(inbox)? {
                return Ok(None);
            }
            if !inbox.words.is_empty() {
                return Ok(Some(inbox.take_request()));
            }
            inbox.consume(inbox.cursor);
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
fn scan_array(inbox: &mut Inbox) -> Result<bool, ProtocolError> {
    if inbox.cursor == 0 {
        inbox.words.clear();
        let line = length_line(inbox.ahead().get(1..).unwrap_or_default());
        let Some((count, size)) =
            line.map_err(|bad| bad.or(ProtocolError::CountLine, ProtocolError::Count))?
        else {
            return Ok(false);
        };
        if count > limits::WORDS {
            return Err(ProtocolError::Count);
        }
        inbox.missing = usize::try_from(count).unwrap_or(0);
        inbox.cursor = 1 + size;
    }
    while inbox.missing > 0 {
        if !scan_word(inbox)? {
            return Ok(false);
        }
        inbox.missing -= 1;
    }
    Ok(true)
}

/// The same for one word of it, `$3\r\nGET\r\n`.
fn scan_word(inbox: &mut Inbox) -> Result<bool, ProtocolError> {
    let Some((&mark, rest)) = inbox.ahead().split_first() else { return Ok(false) };
    if mark != b'$' {
        return Err(ProtocolError::NoDollar(mark));
    }
    let line = length_line(rest);
    let Some((length, size)) =
        line.map_err(|bad| bad.or(ProtocolError::LengthLine, ProtocolError::Length))?
    else {
        return Ok(false);
    };
    let length = usize::try_from(length).map_err(|_| ProtocolError::Length)?;
    if length > limits::WORD {
        return Err(ProtocolError::Length);
    }
    // Behind the word come two bytes, CR and LF. Like Redis, we count them and do not look at them.
    if rest.len() < size + length + 2 {
        return Ok(false);
    }
    let start = inbox.cursor + 1 + size;
    inbox.words.push(start..start + length);
    inbox.cursor = start + length + 2;
    Ok(true)
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
fn length_line(bytes: &[u8]) -> Result<Option<(i64, usize)>, BadLine> {
    let Some(digits) = bytes.iter().take(limits::INLINE).position(|&byte| byte == b'\r') else {
        return if bytes.len() > limits::INLINE { Err(BadLine::Endless) } else { Ok(None) };
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
        (Reply::Integer(value), _) => length(b':', *value, outbox),
        (Reply::Bulk(bytes), _) => bulk(b'$', &[bytes], outbox),
        (Reply::Text(text), Version::Resp2) => bulk(b'$', &[text.as_bytes()], outbox),
        (Reply::Text(text), Version::Resp3) => bulk(b'=', &[b"txt:", text.as_bytes()], outbox),
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
    outbox.extend(text.bytes().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
    outbox.extend_from_slice(b"\r\n");
}

/// `:1\r\n`
fn length(mark: u8, value: impl itoa::Integer, outbox: &mut Vec<u8>) {
    outbox.push(mark);
    outbox.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    outbox.extend_from_slice(b"\r\n");
}

/// `$5\r\nAlice\r\n`
fn bulk(mark: u8, parts: &[&[u8]], outbox: &mut Vec<u8>) {
    length(mark, parts.iter().map(|part| part.len()).sum::<usize>(), outbox);
    for part in parts {
        outbox.extend_from_slice(part);
    }
    outbox.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests;
