//! The client's half: bytes to replies.

use codec::resp::Codec;
use codec::{BadReply, Codec as _, Reply};
use proptest::prelude::*;
use shared::buffer::ReadBuffer;
use shared::reply::{Reply as Sent, Version};

use super::{almost_valid_resp, in_pieces, large_pieces, protocol, small_pieces};

/// The replies in a stream, and then the error or the bytes that are left.
type Decoded = (Vec<Reply>, Result<Vec<u8>, BadReply>);

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

/// A reply of a server of this kit.
fn reply() -> impl Strategy<Value = Sent<'static>> {
    let leaf = prop_oneof![
        "\\PC{0,9}".prop_map(|text| Sent::Status(text.into())),
        "[ -~]{0,9} {0,2}".prop_map(|text| Sent::Error(text.into())),
        any::<i64>().prop_map(Sent::Integer),
        any::<Vec<u8>>().prop_map(|bytes| Sent::Bulk(bytes.into())),
        Just(Sent::Bulk(vec![b'\n'; 20_000].into())),
        "(?s).{0,9}".prop_map(|text| Sent::Text(text.into())),
        Just(Sent::Nil),
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Sent::Array),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Sent::Set),
            proptest::collection::vec((inner.clone(), inner), 0..4).prop_map(Sent::Map),
        ]
    })
}

/// A reply as a client receives it. RESP2 has no types for text, sets and maps.
fn received(reply: &Sent<'_>, version: Version) -> Reply {
    let all = |items: &[Sent<'_>]| items.iter().map(|item| received(item, version)).collect();
    match (reply, version) {
        (Sent::Status(text), _) => Reply::Status(text.to_string()),
        (Sent::Error(text), _) => Reply::Error(text.to_string()),
        (Sent::Integer(number), _) => Reply::Integer(*number),
        (Sent::Bulk(bytes), _) => Reply::bulk(&**bytes),
        (Sent::Text(text), Version::Resp2) => Reply::bulk(&**text),
        (Sent::Text(text), Version::Resp3) => Reply::Text(text.to_string()),
        (Sent::Nil, _) => Reply::Nil,
        (Sent::Array(items), _) | (Sent::Set(items), Version::Resp2) => Reply::Array(all(items)),
        (Sent::Set(items), Version::Resp3) => Reply::Set(all(items)),
        (Sent::Map(pairs), Version::Resp2) => {
            let items = pairs.iter().flat_map(|(field, value)| [field, value]);
            Reply::Array(items.map(|item| received(item, version)).collect())
        }
        (Sent::Map(pairs), Version::Resp3) => {
            let pair =
                |(field, value): &(_, _)| (received(field, version), received(value, version));
            Reply::Map(pairs.iter().map(pair).collect())
        }
    }
}

proptest! {
    #[test]
    fn any_replies_are_decoded_in_both_versions_and_in_any_pieces(
        replies in proptest::collection::vec(reply(), 1..6),
        sizes in prop_oneof![small_pieces(), large_pieces()],
    ) {
        for version in [Version::Resp2, Version::Resp3] {
            let mut stream = Vec::new();
            for reply in &replies {
                protocol::encode_reply(reply, version, &mut stream);
            }
            let expected = replies.iter().map(|reply| received(reply, version)).collect();
            prop_assert_eq!(decode(&stream, &sizes), (expected, Ok(Vec::new())));
        }
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

#[test]
fn every_type_of_resp3_is_decoded() {
    let text = |text: &str| Reply::bulk(text);
    for (stream, expected) in [
        (",3.25\r\n", Reply::Double("3.25".into())),
        (",-inf\r\n", Reply::Double("-inf".into())),
        ("#t\r\n", Reply::Boolean(true)),
        ("#f\r\n", Reply::Boolean(false)),
        ("(-12345678901234567890\r\n", Reply::BigNumber("-12345678901234567890".into())),
        ("_\r\n", Reply::Nil),
        ("!6\r\nERR\r\nx\r\n", Reply::Error("ERR\r\nx".into())),
        ("=7\r\ntxt:abc\r\n", Reply::Text("abc".into())),
        ("~2\r\n:1\r\n$1\r\na\r\n", Reply::Set(vec![Reply::Integer(1), text("a")])),
        (">1\r\n$1\r\na\r\n", Reply::Push(vec![text("a")])),
        ("~0\r\n", Reply::Set(Vec::new())),
        ("%1\r\n:1\r\n#t\r\n", Reply::Map(vec![(Reply::Integer(1), Reply::Boolean(true))])),
        // Attributes are skipped, wherever they are.
        ("|1\r\n+ttl\r\n:5\r\n$1\r\na\r\n", text("a")),
        (
            "|0\r\n*2\r\n|1\r\n+a\r\n*0\r\n:1\r\n:2\r\n",
            Reply::Array(vec![Reply::Integer(1), Reply::Integer(2)]),
        ),
    ] {
        for size in [1, 3, stream.len()] {
            let expected = (vec![expected.clone()], Ok(Vec::new()));
            assert_eq!(decode(stream.as_bytes(), &[size]), expected, "{stream:?}");
        }
    }
    for stream in ["#x\r\n", ",\r\n", ",1,5\r\n", "(\r\n", "(1.5\r\n", "(-\r\n", "$?\r\n", "*?\r\n"]
    {
        assert_eq!(decode(stream.as_bytes(), &[1]).1, Err(BadReply::Number), "{stream:?}");
    }
}

#[test]
fn the_answer_of_lab_1_to_resp_is_recognised_and_no_other() {
    for (stream, expected) in [
        ("ERR unknown command '*1'\n", Err(BadReply::SpeaksLines)),
        ("ERR unknown command 'GET'\n", Err(BadReply::Mark(b'E'))),
        ("EHLO\r\n", Err(BadReply::Mark(b'E'))),
        ("ERR unknown command", Ok(b"ERR unknown command".to_vec())),
    ] {
        assert_eq!(decode(stream.as_bytes(), &[1]).1, expected);
        assert_eq!(decode(stream.as_bytes(), &[stream.len()]).1, expected);
    }
}
