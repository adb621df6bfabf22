//! The line protocol: a request is a line of words, a reply is a line of text.
//!
//! The end of a message is marked by a byte, the line break. That is easy to read and easy to type, and
//! it is why a value that holds a line break cannot be answered, why nobody can tell the number 1 from
//! the text "1" or a missing value from the text "(nil)". Lab 2 writes lengths instead of marks.

use shared::inbox::Inbox;
use shared::limits;
use shared::reply::{Reply, Version};
use shared::request::Request;
use shared::wire::{self, BadReply, Wire};
use shared::words::{self, UnbalancedQuotes};

/// How the log shows this protocol.
pub const WIRE: Wire = Wire::Lines;

/// Bytes that can never become a request: they are answered, and then the connection is closed.
#[derive(Debug)]
pub enum ProtocolError {
    TooLong,
    Quotes(UnbalancedQuotes),
}

impl std::fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong => f.write_str("ERR Protocol error: too big inline request"),
            Self::Quotes(quotes) => write!(f, "ERR Protocol error: {quotes}"),
        }
    }
}

/// Takes the next request from the front of the inbox: a line that is not blank. `None` if the end of
/// the line is not here yet.
pub fn decode(inbox: &mut Inbox) -> Result<Option<Request<'_>>, ProtocolError> {
    while let Some(length) = inbox.find_line() {
        if length > limits::LINE {
            return Err(ProtocolError::TooLong);
        }
        if inbox.unread()[..length].trim_ascii().is_empty() {
            inbox.consume(length + 1);
        } else {
            return inbox.take_line(length).map(Some).map_err(ProtocolError::Quotes);
        }
    }
    if inbox.unread().len() > limits::LINE { Err(ProtocolError::TooLong) } else { Ok(None) }
}

/// Appends a reply to the outbox, as one line whatever it is. There is only one version of lines.
pub fn encode(reply: &Reply<'_>, _version: Version, outbox: &mut Vec<u8>) {
    let start = outbox.len();
    write_text(reply, outbox);
    if outbox[start..].contains(&b'\n') {
        outbox.truncate(start);
        outbox.extend_from_slice(b"ERR the value holds a line break, which a line cannot carry");
    }
    outbox.push(b'\n');
}

fn write_text(reply: &Reply<'_>, outbox: &mut Vec<u8>) {
    match reply {
        Reply::Status(text) | Reply::Error(text) => outbox.extend_from_slice(text.as_bytes()),
        Reply::Integer(value) => outbox.extend_from_slice(value.to_string().as_bytes()),
        Reply::Bulk(bytes) => outbox.extend_from_slice(bytes),
        Reply::Text(text) => {
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            outbox.extend_from_slice(lines.join(" ").as_bytes());
        }
        Reply::Nil => outbox.extend_from_slice(b"(nil)"),
        Reply::Array(items) => write_all(items.iter(), outbox),
        Reply::Map(pairs) => write_all(pairs.iter().flat_map(|(field, is)| [field, is]), outbox),
    }
}

/// Several replies share a line, with spaces between them.
fn write_all<'a>(items: impl Iterator<Item = &'a Reply<'a>>, outbox: &mut Vec<u8>) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            outbox.push(b' ');
        }
        write_text(item, outbox);
    }
}

/// The client's half: words to a line, and a line to the text of a reply.
#[derive(Debug, Default)]
pub struct Codec;

impl wire::Codec for Codec {
    const WIRE: Wire = WIRE;

    fn encode(words: &[Vec<u8>], outbox: &mut Vec<u8>) {
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                outbox.push(b' ');
            }
            words::quote_into(word, outbox);
        }
        outbox.push(b'\n');
    }

    fn decode(&mut self, inbox: &mut Inbox) -> Result<Option<Reply<'static>>, BadReply> {
        let Some(length) = inbox.find_line() else { return Ok(None) };
        let line = inbox.unread()[..length].to_vec();
        inbox.consume(length + 1);
        Ok(Some(match String::from_utf8(line) {
            Ok(text) if text == "(nil)" => Reply::Nil,
            Ok(text) if text.starts_with("ERR ") => Reply::Error(text.into()),
            Ok(text) => Reply::bulk(text),
            Err(error) => Reply::Bulk(error.into_bytes().into()),
        }))
    }
}
