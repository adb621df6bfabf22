//! The line protocol against streams that nobody has thought of: whole, cut anywhere, hostile.

use proptest::prelude::*;
use shared::inbox::Inbox;
use shared::limits;
use shared::reply::{Reply, Version};
use shared::wire::Codec as _;

#[path = "../../src/protocol.rs"]
mod protocol;

type Words = Vec<Vec<u8>>;

/// What a stream says: its requests, and why it ends early, or what is left of it.
type Said = (Vec<Words>, Result<Vec<u8>, String>);

/// Decodes a stream that arrives in pieces of the given sizes, over and over.
fn decode(stream: &[u8], sizes: &[usize]) -> Said {
    let (mut inbox, mut requests, mut rest) = (Inbox::new(), Vec::new(), stream);
    for size in sizes.iter().cycle() {
        let (piece, behind) = rest.split_at((*size).min(rest.len()));
        inbox.push(piece);
        rest = behind;
        if let Err(error) = drain(&mut inbox, &mut requests) {
            return (requests, Err(error.to_string()));
        }
        if rest.is_empty() {
            break;
        }
    }
    (requests, Ok(inbox.unread().to_vec()))
}

fn drain(inbox: &mut Inbox, requests: &mut Vec<Words>) -> Result<(), protocol::ProtocolError> {
    while let Some(request) = protocol::decode(inbox)? {
        requests.push(request.words().map(<[u8]>::to_vec).collect());
    }
    Ok(())
}

/// Parts of lines, with quotes and escapes that are closed and that are not.
fn nearly_lines() -> impl Strategy<Value = Vec<u8>> {
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
fn a_line_without_end_is_refused_at_the_same_length_however_it_arrives() {
    for (length, is_fine) in [(limits::LINE, true), (limits::LINE + 1, false)] {
        let line = [&vec![b'x'; length][..], b"\n"].concat();
        for size in [length, length + 1, 100_000] {
            assert_eq!(decode(&line, &[size]).1.is_ok(), is_fine, "{length} bytes in {size}");
        }
    }
}

proptest! {
    #[test]
    fn requests_of_any_words_are_decoded_however_they_arrive(
        requests in proptest::collection::vec(proptest::collection::vec(any::<Vec<u8>>(), 1..5), 1..6),
        sizes in sizes(),
    ) {
        let mut stream = Vec::new();
        for words in &requests {
            protocol::Codec::encode(words, &mut stream);
        }
        prop_assert_eq!(decode(&stream, &sizes), (requests, Ok(Vec::new())));
    }

    #[test]
    fn any_bytes_say_the_same_however_they_arrive(stream in nearly_lines(), sizes in sizes()) {
        prop_assert_eq!(decode(&stream, &sizes), decode(&stream, &[stream.len().max(1)]));
    }

    /// What a line cannot carry is an error, and not two lines: the client would take the second for the
    /// reply to its next request.
    #[test]
    fn any_values_are_answered_in_one_line(values in proptest::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let (mut inbox, mut outbox, mut codec) = (Inbox::new(), Vec::new(), protocol::Codec);
        let items = values.iter().map(|value| Reply::Bulk(value.into())).collect();
        protocol::encode(&Reply::Array(items), Version::Resp2, &mut outbox);
        prop_assert_eq!(outbox.iter().position(|byte| *byte == b'\n'), Some(outbox.len() - 1));
        inbox.push(&outbox);
        let reply = codec.decode(&mut inbox);
        let is_error = matches!(reply, Ok(Some(Reply::Error(_))));
        prop_assert!(is_error || !values.concat().contains(&b'\n'), "{reply:?}");
        prop_assert!(inbox.unread().is_empty());
    }
}
