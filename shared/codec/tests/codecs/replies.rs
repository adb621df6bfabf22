//! The client's half: bytes to replies.

use codec::resp::Codec;
use codec::{BadReply, Codec as _};
use proptest::prelude::*;
use shared::buffer::ReadBuffer;
use shared::reply::{Reply, Version};

use super::{almost_valid_resp, in_pieces, large_pieces, protocol, small_pieces};

/// The replies in a stream, and then the error or the bytes that are left.
type Decoded = (Vec<Reply<'static>>, Result<Vec<u8>, BadReply>);

fn decode(stream: &[u8], sizes: &[usize]) -> Decoded {
    let (mut codec, mut replies, mut end) = (Codec::default(), Vec::new(), Ok(Vec::new()));
    in_pieces(stream, sizes, |buffer| {
        loop {
            match codec.decode_reply(buffer) {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => break end = Ok(buffer.filled().to_vec()),
                Err(error) => break end = Err(error),
            }
        }
        end.is_ok()
    });
    (replies, end)
}

fn reply() -> impl Strategy<Value = Reply<'static>> {
    let leaf = prop_oneof![
        "\\PC{0,9}".prop_map(|text| Reply::Status(text.into())),
        "[ -~]{0,9} {0,2}".prop_map(|text| Reply::Error(text.into())),
        any::<i64>().prop_map(Reply::Integer),
        any::<Vec<u8>>().prop_map(|bytes| Reply::Bulk(bytes.into())),
        Just(Reply::Bulk(vec![b'\n'; 20_000].into())),
        "(?s).{0,9}".prop_map(|text| Reply::Text(text.into())),
        Just(Reply::Nil),
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Reply::Array),
            proptest::collection::vec((inner.clone(), inner), 0..4).prop_map(Reply::Map),
        ]
    })
}

/// A reply as a client receives it in RESP2, which has no types for text and maps.
fn in_resp2(reply: Reply<'static>) -> Reply<'static> {
    match reply {
        Reply::Text(text) => Reply::bulk(text),
        Reply::Array(items) => Reply::Array(items.into_iter().map(in_resp2).collect()),
        Reply::Map(pairs) => {
            let items = pairs.into_iter().flat_map(|(field, value)| [field, value]);
            Reply::Array(items.map(in_resp2).collect())
        }
        other => other,
    }
}

proptest! {
    #[test]
    fn any_replies_are_decoded_in_both_versions_and_in_any_pieces(
        replies in proptest::collection::vec(reply(), 1..6),
        sizes in prop_oneof![small_pieces(), large_pieces()],
    ) {
        let encode = |version| {
            let mut stream = Vec::new();
            for reply in &replies {
                protocol::encode_reply(reply, version, &mut stream);
            }
            stream
        };
        let expected = (replies.clone(), Ok(Vec::new()));
        prop_assert_eq!(decode(&encode(Version::Resp3), &sizes), expected);
        let expected = (replies.iter().cloned().map(in_resp2).collect(), Ok(Vec::new()));
        prop_assert_eq!(decode(&encode(Version::Resp2), &sizes), expected);
    }

    #[test]
    fn any_bytes_are_decoded_alike_in_any_pieces(stream in almost_valid_resp(), sizes in small_pieces()) {
        prop_assert_eq!(decode(&stream, &sizes), decode(&stream, &[stream.len().max(1)]));
    }
}

#[test]
fn nested_arrays_do_not_overflow_the_stack_of_a_client() {
    for (depth, expected) in [(128, Ok(None)), (129, Err(BadReply::TooDeep))] {
        let mut buffer = ReadBuffer::new();
        buffer.extend(&b"*1\r\n".repeat(depth));
        assert_eq!(Codec::default().decode_reply(&mut buffer), expected);
    }
    let mut buffer = ReadBuffer::new();
    buffer.extend(&b"*1\r\n".repeat(128));
    buffer.extend(b":7\r\n");
    assert!(Codec::default().decode_reply(&mut buffer).is_ok_and(|reply| reply.is_some()));
}
