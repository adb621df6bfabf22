//! The client's half of a connection: requests to bytes, and bytes to replies, in either protocol.

use codec::{BadReply, Codec as _, Reply, lines, resp};
use shared::buffer::ReadBuffer;

use trace::protocol::Protocol;

use super::notation::bytes_of;

/// A conversation in one of the protocols.
#[derive(Debug)]
pub struct Conversation {
    codec: Codec,
    /// What was received and is not decoded.
    pub received: ReadBuffer,
}

#[derive(Debug)]
enum Codec {
    Lines(lines::Codec),
    Resp(resp::Codec),
}

impl Conversation {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        let codec = match protocol {
            Protocol::Lines => Codec::Lines(lines::Codec::default()),
            Protocol::Resp => Codec::Resp(resp::Codec::default()),
        };
        Self { codec, received: ReadBuffer::new() }
    }

    /// Appends a command as bytes. Spaces separate its arguments, which are written as [`bytes_of`] says.
    pub fn encode(&self, command: &str, number: &str, output: &mut Vec<u8>) {
        let args: Vec<Vec<u8>> = command.split(' ').map(|arg| bytes_of(arg, number)).collect();
        match self.codec {
            Codec::Lines(_) => lines::Codec::encode_request(&args, output),
            Codec::Resp(_) => resp::Codec::encode_request(&args, output),
        }
    }

    /// Takes the next reply from what was received; `None` if it has not arrived whole.
    ///
    /// # Errors
    /// [`BadReply`] if it can never become a reply.
    pub fn decode(&mut self) -> Result<Option<Reply>, BadReply> {
        match &mut self.codec {
            Codec::Lines(codec) => codec.decode_reply(&mut self.received),
            Codec::Resp(codec) => codec.decode_reply(&mut self.received),
        }
    }
}
