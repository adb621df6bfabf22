//! The line protocol: a request is a line of arguments, a reply is a line of text.
//!
//! A byte marks the end of a message: the line break. That is easy to read and easy to type. But a value
//! with a line break cannot be sent back, and a client cannot tell the number 1 from the text "1", or a
//! missing value from the text "(nil)". Lab 2 sends lengths instead of marks.

use std::mem;

use shared::buffer::Parsed;
use shared::inline;
use shared::limits::MAX_LINE;
use shared::logging::LogFormat;
use shared::reply::{Reply, Version};
use shared::request::{ProtocolError, Request};

/// The client's half of this protocol, for `main.rs`.
pub use codec::lines::Codec;

/// How the log shows this protocol.
pub const LOG_FORMAT: LogFormat = LogFormat::Lines;

/// Decodes the request at the front of `bytes`. There are three outcomes:
///
/// - a request and its size in bytes. A blank line is an empty request;
/// - `None`: the request has not arrived whole. `parsed` remembers that it has searched these bytes;
/// - an error: the bytes can never become a request.
pub fn decode_request<'a>(
    bytes: &'a [u8],
    parsed: &mut Parsed,
) -> Result<Option<(Request<'a>, usize)>, ProtocolError> {
    let searched = mem::take(&mut parsed.position);
    let end = memchr::memchr(b'\n', &bytes[searched..]).map(|distance| searched + distance);
    // The limit holds whether the end of the line is here or not: it must not depend on the reads.
    if end.unwrap_or(bytes.len()) > MAX_LINE {
        return Err(ProtocolError::new("too big inline request"));
    }
    let Some(end) = end else {
        parsed.position = bytes.len();
        return Ok(None);
    };
    Ok(Some((inline::split(&bytes[..end])?, end + 1)))
}

/// Appends a reply to `output`, always as one line. There is only one version of this protocol.
pub fn encode_reply(reply: &Reply<'_>, _version: Version, output: &mut Vec<u8>) {
    let start = output.len();
    write_text(reply, output);
    if output[start..].contains(&b'\n') {
        output.truncate(start);
        output.extend_from_slice(b"ERR the value holds a line break, which a line cannot carry");
    }
    output.push(b'\n');
}

fn write_text(reply: &Reply<'_>, output: &mut Vec<u8>) {
    match reply {
        Reply::Status(text) | Reply::Error(text) => output.extend_from_slice(text.as_bytes()),
        Reply::Integer(value) => output.extend_from_slice(value.to_string().as_bytes()),
        Reply::Bulk(bytes) => output.extend_from_slice(bytes),
        Reply::Text(text) => {
            let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
            output.extend_from_slice(lines.join(" ").as_bytes());
        }
        Reply::Nil => output.extend_from_slice(b"(nil)"),
        Reply::Array(items) | Reply::Set(items) => write_all(items.iter(), output),
        Reply::Map(pairs) => {
            write_all(pairs.iter().flat_map(|(field, value)| [field, value]), output);
        }
    }
}

/// Writes several replies into one line, with spaces between them.
fn write_all<'a>(items: impl Iterator<Item = &'a Reply<'a>>, output: &mut Vec<u8>) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            output.push(b' ');
        }
        write_text(item, output);
    }
}
