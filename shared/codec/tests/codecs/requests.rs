//! The server's half: bytes to requests.

use codec::Codec as _;
use codec::resp::Codec;
use proptest::prelude::*;
use shared::limits;
use shared::request::ProtocolError;

use super::{Args, almost_valid_resp, decode_all, in_pieces, large_pieces, small_pieces};

/// The requests in a stream, and then the error or the bytes that are left.
type Decoded = (Vec<Args>, Result<Vec<u8>, ProtocolError>);

fn decode(stream: &[u8], sizes: &[usize]) -> Decoded {
    let (mut requests, mut end) = (Vec::new(), Ok(Vec::new()));
    in_pieces(stream, sizes, |buffer| {
        let result = decode_all(buffer, &mut requests);
        end = result.map(|()| buffer.filled().to_vec());
        end.is_ok()
    });
    (requests, end)
}

fn args() -> impl Strategy<Value = Args> {
    let arg = prop_oneof![any::<Vec<u8>>(), Just(b"\r\n$3\r\n".to_vec()), Just(vec![b'x'; 20_000])];
    proptest::collection::vec(arg, 1..5)
}

proptest! {
    #[test]
    fn requests_with_any_arguments_are_decoded_in_any_pieces(
        requests in proptest::collection::vec(args(), 1..6),
        sizes in prop_oneof![small_pieces(), large_pieces()],
    ) {
        let mut stream = Vec::new();
        for args in &requests {
            Codec::encode_request(args, &mut stream);
        }
        prop_assert_eq!(decode(&stream, &sizes), (requests, Ok(Vec::new())));
    }

    #[test]
    fn any_bytes_are_decoded_alike_in_any_pieces(stream in almost_valid_resp(), sizes in small_pieces()) {
        prop_assert_eq!(decode(&stream, &sizes), decode(&stream, &[stream.len().max(1)]));
    }

    #[test]
    fn a_line_without_an_end_is_refused_at_the_same_length_in_any_pieces(
        start in prop_oneof![Just(""), Just("*"), Just("*1\r\n$"), Just("PING "), Just("\"")],
        byte in "[1x *]",
        length in limits::MAX_INLINE - 3..limits::MAX_INLINE + 20_000,
        end in prop_oneof![Just(""), Just("\n"), Just("\r\nPING\r\n"), Just("\"\n")],
        sizes in large_pieces(),
    ) {
        let stream = [start, &byte.repeat(length), end].concat().into_bytes();
        prop_assert!(decode(&stream, &sizes) == decode(&stream, &[stream.len()]));
    }
}
