//! The server's half of RESP: any client can send these bytes. `protocol.rs` is a part of lab 2.
#![no_main]

use codec::resp::Codec;
use fuzz::{pieces, requests, round_trip, within_memory};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, unused_imports, reason = "a part of lab 2")]
#[path = "../../../labs/lab2-resp/src/protocol.rs"]
mod protocol;

fuzz_target!(|input: &[u8]| {
    let (size, stream) = pieces(input);
    let decode = |size| requests(stream, size, protocol::decode_request);
    let whole = within_memory(stream.len(), || decode(stream.len().max(1)));
    assert_eq!(decode(size), whole, "in pieces of {size} bytes, it is different");

    let (requests, _) = whole;
    round_trip::<Codec>(&requests, protocol::decode_request);
    if !requests.is_empty() {
        round_trip::<Codec>(&[requests.concat()], protocol::decode_request);
    }
});
