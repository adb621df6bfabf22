//! RESP, the Redis Serialization Protocol: bytes to requests, and replies to bytes.
//!
//! A request is an array of bulk strings, `*2\r\n$3\r\nGET\r\n$4\r\nname\r\n`. The number of arguments comes
//! first, then each argument with its length. Because the length comes first, an argument may hold any
//! bytes. A request that does not begin with `*` is a line of text, for people with telnet. RESP2 and RESP3
//! differ here only in how they write nil, sets, maps and text.
//! Source: the specification of RESP, and `process*Buffer` of Redis's `networking.c`.

use std::mem;
use std::ops::Range;

use shared::buffer::Parsed;
use shared::inline;
use shared::limits::{MAX_ARGS, MAX_BULK_LEN, MAX_INLINE};
use shared::logging::LogFormat;
use shared::number;
use shared::reply::{Reply, Version};
use shared::request::{ProtocolError, Request};

/// The client's half of this protocol, for `main.rs`.
pub use codec::resp::Codec;

/// How the log shows this protocol.
pub const LOG_FORMAT: LogFormat = LogFormat::Resp;

/// What a length belongs to.
#[derive(Clone, Copy)]
enum Kind {
    Array,
    Bulk,
}

impl Kind {
    fn invalid(self) -> ProtocolError {
        ProtocolError::new(match self {
            Kind::Array => "invalid multibulk length",
            Kind::Bulk => "invalid bulk length",
        })
    }

    fn too_long(self) -> ProtocolError {
        ProtocolError::new(match self {
            Kind::Array => "too big mbulk count string",
            Kind::Bulk => "too big bulk count string",
        })
    }
}

/// Decodes the request at the front of `bytes`. There are three outcomes:
///
/// - a request and its size in bytes. `*0` and a blank line are empty requests;
/// - `None`: the request has not arrived whole. `parsed` remembers how far it has been decoded;
/// - an error: the bytes can never become a request.
pub fn decode_request<'a>(
    bytes: &'a [u8],
    parsed: &mut Parsed,
) -> Result<Option<(Request<'a>, usize)>, ProtocolError> {
    match bytes.first() {
        None => Ok(None),
        Some(b'*') => decode_array(bytes, parsed),
        Some(_) => decode_inline(bytes, parsed),
    }
}

/// `PING\r\n`
fn decode_inline<'a>(
    bytes: &'a [u8],
    parsed: &mut Parsed,
) -> Result<Option<(Request<'a>, usize)>, ProtocolError> {
    let searched = mem::take(&mut parsed.position);
    let end = memchr::memchr(b'\n', &bytes[searched..]).map(|distance| searched + distance);
    // The limit holds whether the end of the line is here or not: it must not depend on the reads.
    if end.unwrap_or(bytes.len()) > MAX_INLINE {
        return Err(ProtocolError::new("too big inline request"));
    }
    let Some(end) = end else {
        parsed.position = bytes.len();
        return Ok(None);
    };
    Ok(Some((inline::split(&bytes[..end])?, end + 1)))
}

/// `*2\r\n`, and then each argument.
fn decode_array<'a>(
    bytes: &'a [u8],
    parsed: &mut Parsed,
) -> Result<Option<(Request<'a>, usize)>, ProtocolError> {
    if parsed.position == 0 {
        let Some((count, size)) = decode_length(&bytes[1..], Kind::Array)? else {
            return Ok(None);
        };
        if count > MAX_ARGS {
            return Err(Kind::Array.invalid());
        }
        parsed.args_left = usize::try_from(count).unwrap_or(0);
        parsed.position = 1 + size;
    }
    while parsed.args_left > 0 {
        let Some(arg) = find_bulk(bytes, parsed.position)? else { return Ok(None) };
        // CR and LF follow the argument. Like Redis, this decoder skips them without a look.
        let end = arg.end + 2;
        if end > bytes.len() {
            parsed.bytes_needed = end - bytes.len();
            return Ok(None);
        }
        parsed.args.push(arg);
        parsed.args_left -= 1;
        parsed.position = end;
    }
    let request = Request::new(&bytes[..parsed.position], mem::take(&mut parsed.args));
    Ok(Some((request, parsed.position)))
}

/// Finds the bytes of the bulk string at `start`: `$3\r\nGET\r\n`. Its length must have arrived, but its
/// bytes need not.
#[inline]
fn find_bulk(bytes: &[u8], start: usize) -> Result<Option<Range<usize>>, ProtocolError> {
    let Some((&mark, rest)) = bytes[start..].split_first() else { return Ok(None) };
    if mark != b'$' {
        let got = if mark.is_ascii() { char::from(mark).into() } else { format!("\\x{mark:02x}") };
        return Err(ProtocolError::new(format!("expected '$', got '{got}'")));
    }
    let Some((length, size)) = decode_length(rest, Kind::Bulk)? else { return Ok(None) };
    let length = usize::try_from(length).ok().filter(|length| *length <= MAX_BULK_LEN);
    let length = length.ok_or_else(|| Kind::Bulk.invalid())?;
    let start = start + 1 + size;
    Ok(Some(start..start + length))
}

/// Decodes `5\r\n`: the number, and the size of its line. `None` if it has not arrived whole.
#[inline]
fn decode_length(bytes: &[u8], kind: Kind) -> Result<Option<(i64, usize)>, ProtocolError> {
    // Nearly all lengths have one digit or two.
    let digit = |byte: u8| i64::from(byte - b'0');
    match *bytes {
        [a @ b'0'..=b'9', b'\r', _, ..] => Ok(Some((digit(a), 3))),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', b'\r', _, ..] => Ok(Some((digit(a) * 10 + digit(b), 4))),
        _ => decode_long_length(bytes, kind),
    }
}

fn decode_long_length(bytes: &[u8], kind: Kind) -> Result<Option<(i64, usize)>, ProtocolError> {
    let front = &bytes[..bytes.len().min(MAX_INLINE)];
    match memchr::memchr(b'\r', front) {
        None if front.len() == MAX_INLINE => Err(kind.too_long()),
        Some(digits) if digits + 2 <= bytes.len() => match number::parse(&bytes[..digits]) {
            Some(number) => Ok(Some((number, digits + 2))),
            None => Err(kind.invalid()),
        },
        _ => Ok(None),
    }
}

/// Appends a reply to `output`, in RESP2 or RESP3.
pub fn encode_reply(reply: &Reply<'_>, version: Version, output: &mut Vec<u8>) {
    match (reply, version) {
        (Reply::Status(text), _) => encode_line(b'+', text, output),
        (Reply::Error(text), _) => encode_line(b'-', text, output),
        (Reply::Integer(value), _) => encode_number(b':', *value, output),
        (Reply::Bulk(bytes), _) => encode_bulk(b'$', bytes, output),
        (Reply::Text(text), Version::Resp2) => encode_bulk(b'$', text.as_bytes(), output),
        (Reply::Text(text), Version::Resp3) => {
            encode_bulk(b'=', format!("txt:{text}").as_bytes(), output);
        }
        (Reply::Nil, Version::Resp2) => output.extend_from_slice(b"$-1\r\n"),
        (Reply::Nil, Version::Resp3) => output.extend_from_slice(b"_\r\n"),
        (Reply::Array(items) | Reply::Set(items), _) => {
            let is_set = matches!((reply, version), (Reply::Set(_), Version::Resp3));
            encode_number(if is_set { b'~' } else { b'*' }, items.len(), output);
            for item in items {
                encode_reply(item, version, output);
            }
        }
        (Reply::Map(pairs), _) => {
            match version {
                Version::Resp2 => encode_number(b'*', pairs.len() * 2, output),
                Version::Resp3 => encode_number(b'%', pairs.len(), output),
            }
            for (field, value) in pairs {
                encode_reply(field, version, output);
                encode_reply(value, version, output);
            }
        }
    }
}

/// `+OK\r\n`. A line break within the text would end the reply too early, so it becomes a space.
fn encode_line(mark: u8, text: &str, output: &mut Vec<u8>) {
    output.push(mark);
    output.extend(text.bytes().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
    output.extend_from_slice(b"\r\n");
}

/// `:42\r\n`
#[inline]
fn encode_number(mark: u8, value: impl itoa::Integer, output: &mut Vec<u8>) {
    output.push(mark);
    output.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    output.extend_from_slice(b"\r\n");
}

/// `$5\r\nAlice\r\n`
#[inline]
fn encode_bulk(mark: u8, bytes: &[u8], output: &mut Vec<u8>) {
    encode_number(mark, bytes.len(), output);
    output.extend_from_slice(bytes);
    output.extend_from_slice(b"\r\n");
}
