//! Both halves of RESP against random streams: in one piece, in small pieces, malformed. The server's half is
//! in lab 2.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;
use shared::buffer::ReadBuffer;
use shared::request::ProtocolError;

mod lines_of_replies;
mod memory;
#[allow(dead_code, unused_imports, reason = "a part of lab 2")]
#[path = "../../../../labs/lab2-resp/src/protocol.rs"]
mod protocol;
mod replies;
mod requests;

/// The arguments of a request.
type Args = Vec<Vec<u8>>;

/// Adds `stream` to a read buffer in pieces of the given sizes, and calls `step` after each piece. Stops at the
/// end of the stream, or when `step` returns false.
fn in_pieces(stream: &[u8], sizes: &[usize], mut step: impl FnMut(&mut ReadBuffer) -> bool) {
    let (mut buffer, mut rest) = (ReadBuffer::new(), stream);
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        buffer.extend(piece);
        rest = after;
        if !step(&mut buffer) || rest.is_empty() {
            break;
        }
    }
}

/// Small sizes of pieces, so that a piece may end at any byte.
fn small_pieces() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(1..30usize, 1..8)
}

/// Sizes of pieces as a network delivers them.
fn large_pieces() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(1_000..40_000usize, 1..8)
}

/// Bytes that look like RESP. Most of them are not valid.
fn almost_valid_resp() -> impl Strategy<Value = Vec<u8>> {
    let types = "[*$+:%=_,#(!~>|-]";
    let part = prop_oneof![
        "[*$][0-9]{1,2}\r\n".prop_map(String::into_bytes),
        "([~>|%*][0-3]|#[tf]|,[0-9]\\.5|\\(-?[0-9]{1,30}|![0-3])\r\n".prop_map(String::into_bytes),
        "E(RR unknown( command '[*]?)?)?".prop_map(String::into_bytes),
        (types, any::<i64>()).prop_map(|(kind, number)| format!("{kind}{number}\r\n").into_bytes()),
        (types, "[ +0-]?[0-9]{0,3}")
            .prop_map(|(kind, text)| format!("{kind}{text}\r\n").into_bytes()),
        "[A-Z]{0,5}( \"?[a-z]{0,5}[\"']?)?\r?\n".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..20),
        Just(b"\r\n".to_vec()),
    ];
    proptest::collection::vec(part, 0..20).prop_map(|parts| parts.concat())
}

/// Decodes all whole requests in the buffer. Empty requests are skipped.
fn decode_all(buffer: &mut ReadBuffer, requests: &mut Vec<Args>) -> Result<(), ProtocolError> {
    loop {
        let (bytes, parsed) = buffer.filled_and_parsed();
        let Some((request, size)) = protocol::decode_request(bytes, parsed)? else { return Ok(()) };
        if !request.is_empty() {
            requests.push(request.args().map(<[u8]>::to_vec).collect());
        }
        buffer.consume(size);
    }
}
