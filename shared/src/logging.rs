//! The lines of the log: what a server tells about its work, and how it shows the bytes of clients.
//!
//! A line for each command has the level *debug*, so `--quiet` (level *info*) leaves connections and
//! errors. Where the lines go is not decided here.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use log::{Level, debug, info, log_enabled, warn};

use crate::reply::Reply;
use crate::request::{ProtocolError, Request};

/// How the log shows requests and replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `Received: SET name Alice`
    Lines,
    /// `Received RESP: ["SET", "name", "Alice"]`
    Resp,
}

/// A line shows this many bytes of an argument or value at most, and this many arguments.
const MAX_SHOWN: usize = 200;

/// `Connection from 127.0.0.1:40960`
pub fn connected(addr: SocketAddr) {
    info!("Connection from {addr}");
}

/// `Connection refused for 127.0.0.1:40960: the limit of clients is reached (--max-clients 10000)`
pub fn refused(addr: SocketAddr, clients: u32) {
    warn!(
        "Connection refused for {addr}: the limit of clients is reached (--max-clients {clients})"
    );
}

/// `Connection closed for 127.0.0.1:40960`, with the reason if the client did not want to leave.
pub fn disconnected(addr: SocketAddr, reason: Option<&io::Error>) {
    match reason {
        None => info!("Connection closed for {addr}"),
        Some(reason) => warn!("Connection closed for {addr}: {reason}"),
    }
}

/// `Protocol error from 127.0.0.1:40960 at byte 14 of the request: expected '$', got 'x'`
pub fn protocol_error(addr: SocketAddr, byte: usize, error: &ProtocolError) {
    let reason = shown(error.to_string().as_bytes());
    warn!("Protocol error from {addr} at byte {byte} of the request: {reason}");
}

/// `Key expired and removed: name`
pub fn expired(key: &[u8]) {
    debug!("Key expired and removed: {}", shown(key));
}

/// `Received: SET name Alice`, or `Received RESP: ["SET", "name", "Alice"]`
#[inline]
pub fn received(format: LogFormat, request: &Request<'_>) {
    if log_enabled!(Level::Debug) {
        log_request(format, request);
    }
}

#[cold]
fn log_request(format: LogFormat, request: &Request<'_>) {
    let args: Vec<String> = request.args().take(MAX_SHOWN).map(shown).collect();
    match format {
        LogFormat::Lines => debug!("Received: {}", args.join(" ")),
        LogFormat::Resp => debug!("Received RESP: [\"{}\"]", args.join("\", \"")),
    }
}

/// `Sent: OK`, or `Sent RESP: OK`
#[inline]
pub fn sent(format: LogFormat, reply: &Reply<'_>) {
    if log_enabled!(Level::Debug) {
        log_reply(format, reply);
    }
}

#[cold]
fn log_reply(format: LogFormat, reply: &Reply<'_>) {
    let text = match reply {
        Reply::Status(text) | Reply::Error(text) | Reply::Text(text) => shown(text.as_bytes()),
        Reply::Integer(value) => value.to_string(),
        Reply::Bulk(bytes) => shown(bytes),
        Reply::Nil => "(nil)".to_owned(),
        Reply::Array(items) | Reply::Set(items) => format!("({} replies)", items.len()),
        Reply::Map(pairs) => format!("({} fields)", pairs.len()),
    };
    match format {
        LogFormat::Lines => debug!("Sent: {text}"),
        LogFormat::Resp => debug!("Sent RESP: {text}"),
    }
}

/// Bytes as one line of text. Long text is cut, and its length is added.
fn shown(bytes: &[u8]) -> String {
    match bytes.get(..MAX_SHOWN) {
        Some(start) if bytes.len() > MAX_SHOWN => {
            format!("{}... ({} bytes)", printable(start), bytes.len())
        }
        _ => printable(bytes),
    }
}

/// Bytes as text without control characters: they could forge a line of the log, or move the cursor.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || letter == '\\' {
                text.extend(letter.escape_default());
            } else {
                text.push(letter);
            }
        }
        _ = write!(text, "{}", chunk.invalid().escape_ascii());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_client_stay_on_one_line_of_text() {
        assert_eq!(shown(b"two\r\nlines \x1b[31m\xff"), r"two\r\nlines \u{1b}[31m\xff");
        assert_eq!(shown("Zoë".as_bytes()), "Zoë");
    }

    #[test]
    fn a_long_value_is_cut_and_its_length_is_added() {
        let text = shown(&vec![b'x'; 100_000]);
        assert!(text.ends_with("x... (100000 bytes)"), "{text}");
        assert!(text.len() < 300);
    }
}
