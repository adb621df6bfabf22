//! The client's half of RESP: a request to an array of bulk strings, and bytes to a reply.
//!
//! All types of RESP3 are decoded, but for the streamed ones, whose length is `?`: Redis sends none.

use shared::buffer::ReadBuffer;

use crate::{BadReply, Reply};

mod element;
pub use element::MAX_LINE;
use element::{Element, Kind};

/// Arrays may be nested this deeply. A hostile server can send 200,000 nested arrays in a megabyte.
const MAX_DEPTH: usize = 128;

/// Decodes replies. It keeps open arrays in a list and not on the call stack. So it can stop between any
/// two bytes and go on later.
#[derive(Debug, Default)]
pub struct Codec {
    /// The arrays, maps and so on that are not complete, the outermost first.
    open: Vec<Open>,
    /// This many bytes of the line at the front hold no line break. They are not searched again.
    searched: usize,
}

#[derive(Debug)]
struct Open {
    kind: Kind,
    items: Vec<Reply>,
    items_left: usize,
}

impl crate::Codec for Codec {
    fn encode_request(args: &[Vec<u8>], output: &mut Vec<u8>) {
        let length = |mark, length, output: &mut Vec<u8>| {
            output.push(mark);
            output.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
            output.extend_from_slice(b"\r\n");
        };
        length(b'*', args.len(), output);
        for arg in args {
            length(b'$', arg.len(), output);
            output.extend_from_slice(arg);
            output.extend_from_slice(b"\r\n");
        }
    }

    fn decode_reply(&mut self, buffer: &mut ReadBuffer) -> Result<Option<Reply>, BadReply> {
        let (reply, size) = self.decode(buffer.filled())?;
        buffer.consume(size);
        Ok(reply)
    }
}

impl Codec {
    /// Decodes the reply at the front of `bytes`; `None` if it has not arrived whole. Returns how many bytes
    /// have been decoded either way: they are not needed again. The next call gets the bytes that follow.
    ///
    /// # Errors
    /// [`BadReply`]
    pub fn decode(&mut self, bytes: &[u8]) -> Result<(Option<Reply>, usize), BadReply> {
        let mut position = 0;
        loop {
            let rest = bytes.get(position..).unwrap_or_default();
            let Some((element, size)) = element::read(rest, &mut self.searched)? else {
                return Ok((None, position));
            };
            position += size;
            let reply = match element {
                Element::Opens { .. } if self.open.len() == MAX_DEPTH => {
                    return Err(BadReply::TooDeep);
                }
                Element::Opens { kind, items: items_left @ 1.. } => {
                    self.open.push(Open { kind, items: Vec::new(), items_left });
                    None
                }
                Element::Opens { kind, .. } => kind.close(Vec::new()),
                Element::Whole(reply) => Some(reply),
            };
            if let Some(reply) = reply.and_then(|reply| self.add(reply)) {
                return Ok((Some(reply), position));
            }
        }
    }

    /// Adds a reply to the array that is open. The reply may be its last item, and that array the last
    /// item of another. Returns the outermost reply if it is complete now.
    fn add(&mut self, mut reply: Reply) -> Option<Reply> {
        while let Some(mut array) = self.open.pop() {
            array.items.push(reply);
            array.items_left -= 1;
            if array.items_left > 0 {
                self.open.push(array);
                return None;
            }
            reply = array.kind.close(array.items)?;
        }
        Some(reply)
    }
}
