//! Why the client cannot do what the user wants, and what to type.

use std::io;
use std::net::SocketAddr;

use codec::BadReply;
use codec::escapes::BadEscape;

use crate::other_lab::explain;
use crate::port;

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No server answers at that address.
    #[error(
        "no server answers at {0} ({1}).\nStart it in another terminal:\n  {serve}",
        serve = port::command_to_serve("cargo run", *.0)
    )]
    NoServer(SocketAddr, io::Error),
    /// The server has closed the connection, or has ended.
    #[error("the server at {0} has closed the connection")]
    Closed(SocketAddr),
    /// The connection has failed.
    #[error("the connection to {0} has failed: {1}")]
    Broken(SocketAddr, io::Error),
    /// A piece is not written as it should be.
    #[error("piece {0} is not sent: {1}")]
    BadPiece(usize, BadEscape),
    /// The bytes are not a reply.
    #[error("{}", explain(*.1, *.0, "cargo run", "client"))]
    BadReply(SocketAddr, BadReply),
    /// The host has no address, or stdin or stdout is of no use.
    #[error(transparent)]
    Io(#[from] io::Error),
}
