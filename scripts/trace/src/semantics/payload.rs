//! What the bytes of one read or write are: commands or replies, whole ones and parts.

use codec::{Codec, Reply, lines, resp};
use shared::buffer::ReadBuffer;
use shared::inline;

use super::words::{describe, phrase, readable};
use crate::protocol::Protocol;

/// More than this is not kept for a reply or command that does not end, in bytes. No trace shows so
/// much; it is there for the values of which strace shows the start and tells the length.
const MOST: usize = 1024 * 1024;
/// Stands for a byte that strace has not shown.
const HIDDEN: u8 = b'.';
/// The bytes of the wire are kept up to this length, to show them.
const RAW: usize = 64;

/// What one read or write has carried.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// The commands or replies that have become whole with it, in words.
    pub items: Vec<String>,
    /// How many bytes it was.
    pub bytes: usize,
    /// The first of these bytes, as they are on the wire.
    pub raw: Vec<u8>,
    /// The first item had begun in the read or write before.
    pub continues: bool,
    /// How many bytes at its end belong to an item whose rest has yet to come.
    pub unfinished: usize,
    /// The trace does not show enough of it to decode all items.
    pub is_lost: bool,
    /// One of the items is an error.
    pub has_error: bool,
}

/// Decodes what goes in one direction of a connection.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    /// Empty, without memory of its own, unless a part of an item waits for the rest.
    buffer: ReadBuffer,
    /// Some of the bytes in the buffer are not the real ones.
    is_padded: bool,
    codec: resp::Codec,
    /// Whether the replies are RESP, once we know.
    protocol: Option<Protocol>,
}

/// One read or write, as the trace shows it.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    /// The bytes that the trace shows.
    pub shown: &'a [u8],
    /// How many there were.
    pub count: usize,
    /// There was room for more: nothing else had arrived.
    pub is_all: bool,
}

/// Who has sent the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client, which sends commands.
    Client,
    /// The server, which sends replies.
    Server,
}

impl StreamDecoder {
    /// Decodes what one read or write has carried.
    pub fn decode(&mut self, by: Side, carried: Carried<'_>) -> Payload {
        let shown = carried.shown.get(..carried.count).unwrap_or(carried.shown);
        let carried = Carried { shown, ..carried };
        if self.protocol.is_none() && !shown.is_empty() {
            self.protocol = Some(protocol_of_replies(shown));
        }
        let mut payload = Payload {
            bytes: carried.count,
            raw: shown.get(..RAW).unwrap_or(shown).to_vec(),
            continues: !self.buffer.filled().is_empty(),
            ..Payload::default()
        };
        let was_padded = self.is_padded;
        let mut is_decoded = self.decode_items(by, carried, &mut payload);
        if !is_decoded && was_padded {
            // What was left from before was a guess, and a wrong one. Start again from here.
            self.reset();
            payload.continues = false;
            is_decoded = self.decode_items(by, carried, &mut payload);
        }
        payload.is_lost = !is_decoded;
        if !is_decoded {
            self.reset();
        }
        payload.unfinished = self.buffer.filled().len();
        if payload.unfinished == 0 {
            // Thousands of connections need no memory as long as their items are whole.
            self.buffer = ReadBuffer::new();
            self.is_padded = false;
        }
        payload
    }

    /// Returns whether all of it could be decoded.
    fn decode_items(&mut self, by: Side, carried: Carried<'_>, payload: &mut Payload) -> bool {
        self.buffer.extend(carried.shown);
        let hidden = carried.count - carried.shown.len();
        if hidden > 0 && !self.pad(hidden, carried.is_all) {
            return false;
        }
        let is_decoded = match by {
            Side::Client => self.decode_requests(payload),
            Side::Server => self.decode_replies(payload),
        };
        // What is left may begin within bytes that we do not know: then it can be anything.
        let left = self.buffer.filled().len();
        is_decoded && (hidden == 0 || left == 0 || left > hidden)
    }

    /// Puts other bytes in the place of those that the trace does not show: most often they are the
    /// rest of a long value, of which only the length matters.
    fn pad(&mut self, hidden: usize, is_all: bool) -> bool {
        self.is_padded = true;
        if self.buffer.filled().len() + hidden > MOST {
            return false;
        }
        let is_line = !matches!(self.buffer.filled().first(), Some(b'*' | b'$'));
        let mut padding = vec![HIDDEN; hidden];
        if let Some(last) = padding.last_mut().filter(|_| is_line && is_all) {
            *last = b'\n';
        }
        self.buffer.extend(&padding);
        true
    }

    fn reset(&mut self) {
        let left = self.buffer.filled().len();
        self.buffer.consume(left);
        self.codec = resp::Codec::default();
        self.is_padded = false;
    }

    fn decode_requests(&mut self, payload: &mut Payload) -> bool {
        loop {
            match decode_request(self.buffer.filled()) {
                Ok(Some((request, size))) => {
                    payload.items.extend(request);
                    self.buffer.consume(size);
                }
                Ok(None) => return true,
                Err(_) if self.is_padded => return false,
                Err(error) => {
                    let text = readable(self.buffer.filled());
                    payload.items.push(format!("{text}, which is no command ({error})"));
                    payload.has_error = true;
                    self.reset();
                    return true;
                }
            }
        }
    }

    fn decode_replies(&mut self, payload: &mut Payload) -> bool {
        if self.protocol == Some(Protocol::Lines) {
            while let Some(length) = memchr::memchr(b'\n', self.buffer.filled()) {
                let line = self.buffer.filled().get(..length).unwrap_or_default();
                payload.has_error |= lines::is_error(line);
                payload.items.push(readable(line));
                self.buffer.consume(length + 1);
            }
            return true;
        }
        loop {
            match self.codec.decode_reply(&mut self.buffer) {
                Ok(Some(reply)) => {
                    payload.has_error |= matches!(reply, Reply::Error(_));
                    payload.items.push(describe(&reply));
                }
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }
}

/// The request at the front of `bytes` in words, if it is not an empty one, and its size; `None` if it has not
/// arrived whole. The error says why the bytes can never become a request.
fn decode_request(bytes: &[u8]) -> Result<Option<(Option<String>, usize)>, String> {
    if bytes.first() == Some(&b'*') {
        let decoded = resp::Codec::default().decode(bytes);
        let (Some(request), size) = decoded.map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        let Reply::Array(args) = request else { return Ok(Some((None, size))) };
        let args: Option<Vec<&[u8]>> = args.iter().map(bulk).collect();
        let args = args.ok_or("a request is an array of bulk strings")?;
        let text = (!args.is_empty()).then(|| phrase(args.into_iter()));
        return Ok(Some((text, size)));
    }
    let Some(end) = memchr::memchr(b'\n', bytes) else { return Ok(None) };
    let line = bytes.get(..end).unwrap_or_default();
    let request = inline::split(line).map_err(|error| error.to_string())?;
    Ok(Some(((!request.is_empty()).then(|| phrase(request.args())), end + 1)))
}

fn bulk(reply: &Reply) -> Option<&[u8]> {
    match reply {
        Reply::Bulk(bytes) => Some(bytes),
        _ => None,
    }
}

/// RESP replies begin with a mark, and their first line ends in CR LF; those of lab 1 have no CR.
fn protocol_of_replies(shown: &[u8]) -> Protocol {
    let is_marked =
        matches!(shown.first(), Some(b'+' | b'-' | b':' | b'$' | b'*' | b'%' | b'_' | b'='));
    let line = memchr::memchr(b'\n', shown).and_then(|end| shown.get(..end)).unwrap_or(shown);
    let is_resp = is_marked && (line.ends_with(b"\r") || line.len() == shown.len());
    if is_resp { Protocol::Resp } else { Protocol::Lines }
}
