//! The client's half of the two protocols: lines for lab 1, RESP for the others.

use shared::inbox::Inbox;
use shared::resp;
use shared::wire::{Codec, Wire};
use shared::words;

use crate::story::{describe, readable};

/// A conversation in one of the protocols.
#[derive(Debug)]
pub(crate) struct Talk {
    wire: Wire,
    codec: resp::Codec,
    pub(crate) inbox: Inbox,
}

impl Talk {
    pub(crate) fn new(wire: Wire) -> Self {
        Self { wire, codec: resp::Codec::default(), inbox: Inbox::new() }
    }

    /// A command as bytes. In its words, `#` is `number` and `@1000` a value of 1000 letters.
    pub(crate) fn encode(&self, command: &str, number: usize, outbox: &mut Vec<u8>) {
        let words = command.split(' ').map(|word| match word.strip_prefix('@').map(str::parse) {
            Some(Ok(size)) => vec![b'x'; size],
            _ => word.replace('#', &number.to_string()).into_bytes(),
        });
        let words: Vec<Vec<u8>> = words.collect();
        match self.wire {
            Wire::Resp => resp::Codec::encode(&words, outbox),
            Wire::Lines => {
                for (index, word) in words.iter().enumerate() {
                    if index > 0 {
                        outbox.push(b' ');
                    }
                    words::quote_into(word, outbox);
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
        match self.wire {
            Wire::Resp => {
                let reply = self.codec.decode(&mut self.inbox).map_err(|bad| bad.to_string())?;
                Ok(reply.as_ref().map(describe))
            }
            Wire::Lines => Ok(self.inbox.find_line().map(|length| {
                let line = readable(self.inbox.unread().get(..length).unwrap_or_default());
                self.inbox.consume(length + 1);
                line
            })),
        }
    }
}
