//! What a protocol is to those who do not serve: to a client, and to the log.

use crate::inbox::Inbox;
use crate::reply::Reply;

/// How the log shows what was received and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// `Received: SET name Alice`
    Lines,
    /// `Received RESP: ["SET", "name", "Alice"]`
    Resp,
}

/// The client's half of a protocol, the mirror image of the server's `decode` and `encode`.
///
/// It has a state of its own, so that a reply of which only a part has arrived is not decoded again
/// from its first byte at each read.
pub trait Codec: Default {
    /// Which protocol it is.
    const WIRE: Wire;

    /// Appends one request to the outbox.
    fn encode(words: &[Vec<u8>], outbox: &mut Vec<u8>);

    /// Takes the next reply from the front of the inbox: `None` if it is not all here yet.
    ///
    /// # Errors
    /// [`BadReply`] if what has arrived can never become a reply. The connection is of no more use.
    fn decode(&mut self, inbox: &mut Inbox) -> Result<Option<Reply<'static>>, BadReply>;
}

/// Bytes that can never become a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReply {
    /// No kind of reply begins with this byte.
    #[error("the reply begins with '{}', which no RESP reply does: is that port a server of this kit?", char::from(*.0).escape_default())]
    Mark(u8),
    /// Arrays within arrays, deeper than any command answers. They could be dropped only by a recursion
    /// that is as deep, and overflow the stack.
    #[error("the reply has arrays within arrays, too many to be one")]
    TooDeep,
    /// A length or number is none.
    #[error("the reply holds a length that is not a number: is that port a server of this kit?")]
    Length,
}
