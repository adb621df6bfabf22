//! The client's half of a connection: requests to bytes, and bytes to replies, in either protocol.

use codec::{BadReply, Codec as _, Reply, lines, resp};
use shared::buffer::ReadBuffer;

use trace::protocol::Protocol;

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

    /// Appends a command as bytes. In its arguments, `#` is `number`, and `@1000` a value of 1000 letters.
    pub fn encode(&self, command: &str, number: &str, output: &mut Vec<u8>) {
        let args = command.split(' ').map(|arg| match arg.strip_prefix('@').map(str::parse) {
            Some(Ok(size)) => vec![b'x'; size],
            _ => arg.replace('#', number).into_bytes(),
        });
        let args: Vec<Vec<u8>> = args.collect();
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
