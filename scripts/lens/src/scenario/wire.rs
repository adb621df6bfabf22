//! The client's half of the two protocols: lines for lab 1, RESP for the others.

use codec::Codec;
use codec::{lines, resp};
use shared::buffer::ReadBuffer;

use trace::protocol::Protocol;
use trace::semantics::{describe, readable};

/// A conversation in one of the protocols.
#[derive(Debug)]
pub(crate) struct Talk {
    protocol: Protocol,
    codec: resp::Codec,
    pub(crate) inbox: ReadBuffer,
}

impl Talk {
    pub(crate) fn new(protocol: Protocol) -> Self {
        Self { protocol, codec: resp::Codec::default(), inbox: ReadBuffer::new() }
    }

    /// A command as bytes. In its words, `#` is `number` and `@1000` a value of 1000 letters.
    pub(crate) fn encode(&self, command: &str, number: usize, outbox: &mut Vec<u8>) {
        let words = command.split(' ').map(|word| match word.strip_prefix('@').map(str::parse) {
            Some(Ok(size)) => vec![b'x'; size],
            _ => word.replace('#', &number.to_string()).into_bytes(),
        });
        let words: Vec<Vec<u8>> = words.collect();
        match self.protocol {
            Protocol::Resp => resp::Codec::encode_request(&words, outbox),
            Protocol::Lines => {
                for (index, word) in words.iter().enumerate() {
                    if index > 0 {
                        outbox.push(b' ');
                    }
                    lines::quote(word, outbox);
                }
                outbox.push(b'\n');
            }
        }
    }

    /// Takes a reply from the inbox, in words; `None` if it is not all here yet.
    ///
    /// # Errors
    /// Says what is wrong with it, if it is none.
    pub(crate) fn decode(&mut self) -> Result<Option<String>, String> {
        match self.protocol {
            Protocol::Resp => {
                let reply =
                    self.codec.decode_reply(&mut self.inbox).map_err(|bad| bad.to_string())?;
                Ok(reply.as_ref().map(describe))
            }
            Protocol::Lines => {
                let bytes = self.inbox.filled();
                let length = memchr::memchr(b'\n', bytes);
                let line = length.map(|length| readable(bytes.get(..length).unwrap_or_default()));
                self.inbox.consume(length.map_or(0, |length| length + 1));
                Ok(line)
            }
        }
    }
}
