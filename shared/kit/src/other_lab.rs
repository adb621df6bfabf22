//! What to say if the server speaks the protocol of another lab.

use std::io;
use std::net::SocketAddr;

use codec::BadReply;

use crate::port::options_for;

/// Says why the bytes of a server are no reply. If the server speaks the other protocol, says what to type:
/// a command that starts with `cargo_run` and runs `task`.
pub(crate) fn explain(bad: BadReply, addr: SocketAddr, cargo_run: &str, task: &str) -> String {
    let (ours, theirs, who, lab) = match bad {
        BadReply::SpeaksResp => {
            ("lines", "RESP", "Lab 2 or a later one is running there, or Redis", "lab2-resp")
        }
        BadReply::SpeaksLines => ("RESP", "lines", "Lab 1 is running there", "lab1-blocking"),
        other => return other.to_string(),
    };
    let options = options_for(addr);
    format!(
        "This {task} speaks {ours}, but the server at {addr} speaks {theirs}.\n\
         {who}. Type:\n  {cargo_run} -p {lab} -- {task}{options}"
    )
}

/// The error of a codec, as an error of the connection.
pub(crate) fn into_io(bad: BadReply) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, bad)
}

/// Whether an error of the connection says that the server speaks the other protocol.
pub(crate) fn found_in(error: &io::Error) -> Option<BadReply> {
    let bad = error.get_ref()?.downcast_ref::<BadReply>()?;
    matches!(bad, BadReply::SpeaksLines | BadReply::SpeaksResp).then_some(*bad)
}
