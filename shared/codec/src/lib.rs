//! The client's half of the two protocols: it turns requests into bytes, and bytes into replies.
//!
//! The server's half is the lesson of a lab: `protocol.rs`. This half serves the client, the load
//! generator, and the tools that talk to a server or read what it has sent. [`resp`] is for labs 2 to 4
//! and for Redis, [`lines`] is for lab 1.

use shared::buffer::ReadBuffer;
use shared::reply::Reply;

pub mod lines;
pub mod resp;

/// A client's codec for one connection.
///
/// It keeps notes about a reply of which only a part has arrived. So it need not start again at the first
/// byte after each read.
pub trait Codec: Default {
    /// Appends a request to `output`. Its name is the first argument.
    fn encode_request(args: &[Vec<u8>], output: &mut Vec<u8>);

    /// Takes the next reply from the front of the buffer; `None` if it has not arrived whole.
    ///
    /// # Errors
    /// [`BadReply`] if the bytes can never become a reply. The connection is of no more use.
    fn decode_reply(&mut self, buffer: &mut ReadBuffer)
    -> Result<Option<Reply<'static>>, BadReply>;
}

/// Bytes that can never become a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReply {
    /// No type of reply begins with this byte.
    #[error(
        "no RESP reply begins with '{}': is a server of this kit on that port?",
        char::from(*.0).escape_default()
    )]
    Mark(u8),
    /// The arrays are nested more deeply than in any real reply. A recursion of that depth would overflow
    /// the stack, already when the reply is dropped.
    #[error("the arrays of the reply are nested too deeply")]
    TooDeep,
    /// A length or a number is not a number.
    #[error("a length in the reply is not a number: is a server of this kit on that port?")]
    Length,
}
