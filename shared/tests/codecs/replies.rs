//! The client's half: replies to bytes and back.

use proptest::prelude::*;
use shared::reply::{Reply, Version};
use shared::resp::{self, Codec};
use shared::wire::{BadReply, Codec as _};

use super::{in_pieces, large_pieces, nearly_resp, small_pieces};

/// What a stream says: its replies, and why it ends early, or what is left of it.
type Said = (Vec<Reply<'static>>, Result<Vec<u8>, BadReply>);

fn decode(stream: &[u8], sizes: &[usize]) -> Said {
    let (mut codec, mut replies, mut end) = (Codec::default(), Vec::new(), Ok(Vec::new()));
    in_pieces(stream, sizes, |inbox| {
        loop {
            match codec.decode(inbox) {
                Ok(Some(reply)) => replies.push(reply),
                Ok(None) => break end = Ok(inbox.unread().to_vec()),
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

/// What is left of a reply in RESP2, which has no word for text nor for maps.
fn in_resp2(reply: Reply<'static>) -> Reply<'static> {
    match reply {
        Reply::Text(text) => Reply::bulk(text),
        Reply::Array(items) => Reply::Array(items.into_iter().map(in_resp2).collect()),
        Reply::Map(pairs) => {
            let items = pairs.into_iter().flat_map(|(field, is)| [field, is]);
            Reply::Array(items.map(in_resp2).collect())
        }
        other => other,
    }
}

proptest! {
    #[test]
    fn any_replies_are_decoded_in_both_versions_however_they_arrive(
        replies in proptest::collection::vec(reply(), 1..6),
        sizes in prop_oneof![small_pieces(), large_pieces()],
    ) {
        let encode = |version| {
            let mut stream = Vec::new();
            for reply in &replies {
                resp::encode(reply, version, &mut stream);
            }
            stream
        };
        let expected = (replies.clone(), Ok(Vec::new()));
        prop_assert_eq!(decode(&encode(Version::Resp3), &sizes), expected);
        let expected = (replies.iter().cloned().map(in_resp2).collect(), Ok(Vec::new()));
        prop_assert_eq!(decode(&encode(Version::Resp2), &sizes), expected);
    }

    #[test]
    fn any_bytes_say_the_same_however_they_arrive(stream in nearly_resp(), sizes in small_pieces()) {
        prop_assert_eq!(decode(&stream, &sizes), decode(&stream, &[stream.len().max(1)]));
    }
}
