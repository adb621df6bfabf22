//! The line protocol against random streams: in one piece, in small pieces, malformed.

use codec::Codec as _;
use proptest::prelude::*;
use shared::buffer::ReadBuffer;
use shared::limits::MAX_LINE;
use shared::reply::{Reply, Version};
use shared::request::ProtocolError;

#[allow(dead_code, unused_imports, reason = "a part of the lab")]
#[path = "../../src/protocol.rs"]
mod protocol;

type Args = Vec<Vec<u8>>;

/// The requests in a stream, and then the error or the bytes that are left.
type Decoded = (Vec<Args>, Result<Vec<u8>, String>);

/// Decodes a stream that arrives in pieces of the given sizes, over and over.
fn decode(stream: &[u8], sizes: &[usize]) -> Decoded {
    let (mut buffer, mut requests, mut rest) = (ReadBuffer::new(), Vec::new(), stream);
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        buffer.extend(piece);
        rest = after;
        if let Err(error) = decode_all(&mut buffer, &mut requests) {
            return (requests, Err(error.to_string()));
        }
        if rest.is_empty() {
            break;
        }
    }
    (requests, Ok(buffer.filled().to_vec()))
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

/// Parts of lines. Some quotes and escapes in them are complete, and some are not.
fn almost_valid_lines() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        "[A-Za-z0-9]{0,9}".prop_map(String::into_bytes),
        "[ \t\r\n]{1,3}".prop_map(String::into_bytes),
        "\"[ a-z]{0,5}(\\\\[nrtabx\"]|\\\\x[0-9a-g]{2})?\"?".prop_map(String::into_bytes),
        "'[ a-z]{0,5}(\\\\')?'?".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..9),
    ];
    proptest::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(1..30usize, 1..8)
}

#[test]
fn a_line_without_an_end_is_refused_at_the_same_length_in_any_pieces() {
    for (length, is_valid) in [(MAX_LINE, true), (MAX_LINE + 1, false)] {
        let line = [&vec![b'x'; length][..], b"\n"].concat();
        for size in [length, length + 1, 100_000] {
            assert_eq!(decode(&line, &[size]).1.is_ok(), is_valid, "{length} bytes in {size}");
        }
    }
}

proptest! {
    #[test]
    fn requests_with_any_arguments_are_decoded_in_any_pieces(
        requests in proptest::collection::vec(proptest::collection::vec(any::<Vec<u8>>(), 1..5), 1..6),
        sizes in sizes(),
    ) {
        let mut stream = Vec::new();
        for args in &requests {
            protocol::Codec::encode_request(args, &mut stream);
        }
        prop_assert_eq!(decode(&stream, &sizes), (requests, Ok(Vec::new())));
    }

    #[test]
    fn any_bytes_are_decoded_alike_in_any_pieces(stream in almost_valid_lines(), sizes in sizes()) {
        prop_assert_eq!(decode(&stream, &sizes), decode(&stream, &[stream.len().max(1)]));
    }

    /// A value with a line break becomes an error and not two lines. Otherwise the client would take the
    /// second line for the reply to its next request.
    #[test]
    fn a_reply_with_any_values_is_one_line(values in proptest::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let (mut buffer, mut output) = (ReadBuffer::new(), Vec::new());
        let items = values.iter().map(|value| Reply::Bulk(value.into())).collect();
        protocol::encode_reply(&Reply::Array(items), Version::Resp2, &mut output);
        prop_assert_eq!(output.iter().position(|byte| *byte == b'\n'), Some(output.len() - 1));
        buffer.extend(&output);
        let reply = protocol::Codec::default().decode_reply(&mut buffer);
        let is_error = matches!(reply, Ok(Some(codec::Reply::Error(_))));
        prop_assert!(is_error || !values.concat().contains(&b'\n'), "{reply:?}");
        prop_assert!(buffer.is_empty());
    }
}
