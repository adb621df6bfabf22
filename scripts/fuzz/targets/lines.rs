//! The line protocol, both halves. `protocol.rs` is a part of lab 1.
#![no_main]

use codec::lines::Codec;
use codec::{Codec as _, Reply};
use fuzz::{in_pieces, pieces, requests, round_trip, within_memory};
use libfuzzer_sys::fuzz_target;
use shared::reply::{Reply as Sent, Version};

#[allow(dead_code, unused_imports, reason = "a part of lab 1")]
#[path = "../../../labs/lab1-blocking/src/protocol.rs"]
mod protocol;

fuzz_target!(|input: &[u8]| {
    let (size, stream) = pieces(input);
    let decode = |size| requests(stream, size, protocol::decode_request);
    let whole = within_memory(stream.len(), || decode(stream.len().max(1)));
    assert_eq!(decode(size), whole, "in pieces of {size} bytes, it is different");
    assert_eq!(replies(stream, size), replies(stream, stream.len().max(1)));

    let (requests, _) = whole;
    requests.iter().flatten().for_each(|arg| reply_is_one_line(arg));
    round_trip::<Codec>(&requests, protocol::decode_request);
    if !requests.is_empty() {
        round_trip::<Codec>(&[requests.concat()], protocol::decode_request);
    }
});

/// The stream as replies of a server.
fn replies(stream: &[u8], size: usize) -> Vec<Reply> {
    let (mut codec, mut replies) = (Codec::default(), Vec::new());
    in_pieces(stream, size, |buffer| {
        while let Ok(Some(reply)) = codec.decode_reply(buffer) {
            replies.push(reply);
        }
        true
    });
    replies
}

/// A reply is one line, whatever the value is. Else the client would take the rest for the next reply.
fn reply_is_one_line(value: &[u8]) {
    let mut line = Vec::new();
    let both = Sent::Array(vec![Sent::Bulk(value.into()), Sent::Nil]);
    protocol::encode_reply(&both, Version::Resp2, &mut line);
    assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
}
