//! The client's half of the two protocols: it turns requests into bytes, and bytes into replies.
//!
//! The server's half is the lesson of a lab: `protocol.rs`. This half serves the client, the load
//! generator, and the tools that talk to a server or read what it has sent. [`resp`] is for labs 2 to 4
//! and for Redis, [`lines`] is for lab 1.

use shared::buffer::ReadBuffer;

pub mod escapes;
pub mod lines;
pub mod printable;
mod reply;
pub mod resp;

pub use reply::Reply;

/// A client's codec for one connection.
///
/// It keeps notes about a reply of which only a part has arrived. So it need not start again at the first
/// byte after each read.
pub trait Codec: Default {
    /// Appends a request to `output`. Its name is the first argument.
    fn encode_request(args: &[Vec<u8>], output: &mut Vec<u8>);

    /// Takes the next reply from the front of the buffer; `None` if it has not arrived whole. It may be a
    /// [`Reply::Push`], which is no reply to a request.
    ///
    /// # Errors
    /// [`BadReply`] if the bytes can never become a reply. The connection is of no more use.
    fn decode_reply(&mut self, buffer: &mut ReadBuffer) -> Result<Option<Reply>, BadReply>;

    /// Whether this reply looks like one of the other protocol. It may still be a value that looks so.
    #[must_use]
    fn looks_foreign(_reply: &Reply) -> bool {
        false
    }
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
    #[error("a number in the reply is not a number: is a server of this kit on that port?")]
    Number,
    /// A line of the reply is longer than in any real reply.
    #[error("a line of the reply is too long: is a server of this kit on that port?")]
    LongLine,
    /// The server speaks lines, and this codec RESP.
    #[error("the server speaks lines, as lab 1 does")]
    SpeaksLines,
    /// The server speaks RESP, and this codec lines.
    #[error("the server speaks RESP, as lab 2 and later ones do")]
    SpeaksResp,
}
