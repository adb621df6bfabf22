//! The server's half: bytes to requests.

use proptest::prelude::*;
use shared::inbox::Inbox;
use shared::limits;
use shared::resp::{self, Codec, ProtocolError};
use shared::wire::Codec as _;

use super::{Words, in_pieces, large_pieces, nearly_resp, small_pieces};

/// What a stream says: its requests, and why it ends early, or what is left of it.
type Said = (Vec<Words>, Result<Vec<u8>, ProtocolError>);

fn decode(stream: &[u8], sizes: &[usize]) -> Said {
    let (mut requests, mut end) = (Vec::new(), Ok(Vec::new()));
    in_pieces(stream, sizes, |inbox| {
        let result = drain(inbox, &mut requests);
        end = result.map(|()| inbox.unread().to_vec());
        end.is_ok()
    });
    (requests, end)
}

fn drain(inbox: &mut Inbox, requests: &mut Vec<Words>) -> Result<(), ProtocolError> {
    while let Some(request) = resp::decode(inbox)? {
        requests.push(request.words().map(<[u8]>::to_vec).collect());
    }
    Ok(())
}

fn words() -> impl Strategy<Value = Words> {
    let word =
        prop_oneof![any::<Vec<u8>>(), Just(b"\r\n$3\r\n".to_vec()), Just(vec![b'x'; 20_000])];
    proptest::collection::vec(word, 1..5)
}

proptest! {
    #[test]
    fn requests_of_any_words_are_decoded_however_they_arrive(
        requests in proptest::collection::vec(words(), 1..6),
        sizes in prop_oneof![small_pieces(), large_pieces()],
    ) {
        let mut stream = Vec::new();
        for words in &requests {
            Codec::encode(words, &mut stream);
        }
        prop_assert_eq!(decode(&stream, &sizes), (requests, Ok(Vec::new())));
    }

    #[test]
    fn any_bytes_say_the_same_however_they_arrive(stream in nearly_resp(), sizes in small_pieces()) {
        prop_assert_eq!(decode(&stream, &sizes), decode(&stream, &[stream.len().max(1)]));
    }

    #[test]
    fn a_line_without_end_is_refused_at_the_same_length_however_it_arrives(
        front in prop_oneof![Just(""), Just("*"), Just("*1\r\n$"), Just("PING "), Just("\"")],
        byte in "[1x *]",
        length in limits::INLINE - 3..limits::INLINE + 20_000,
        end in prop_oneof![Just(""), Just("\n"), Just("\r\nPING\r\n"), Just("\"\n")],
        sizes in large_pieces(),
    ) {
        let stream = [front, &byte.repeat(length), end].concat().into_bytes();
        prop_assert!(decode(&stream, &sizes) == decode(&stream, &[stream.len()]));
    }
}
