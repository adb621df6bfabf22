//! The client's half of RESP: any program may listen on the port. `protocol.rs` is a part of lab 2.
#![no_main]

use codec::resp::Codec;
use codec::{BadReply, Codec as _, Reply};
use fuzz::{in_pieces, pieces, within_memory};
use libfuzzer_sys::fuzz_target;
use shared::buffer::ReadBuffer;
use shared::reply::{Reply as Sent, Version};

#[allow(dead_code, unused_imports, reason = "a part of lab 2")]
#[path = "../../../labs/lab2-resp/src/protocol.rs"]
mod protocol;

/// The replies in a stream, and then the error or the bytes that are left.
type Decoded = (Vec<Reply>, Result<Vec<u8>, BadReply>);

fuzz_target!(|input: &[u8]| {
    let (size, stream) = pieces(input);
    let whole = within_memory(stream.len(), || decode(stream, stream.len().max(1)));
    assert_eq!(decode(stream, size), whole, "in pieces of {size} bytes, it is different");
    let (replies, _) = whole;
    // A server of this kit sends no sets and so on.
    let sent: Vec<Sent<'_>> = replies.iter().map_while(sent).collect();
    round_trip(&sent);
    round_trip(&[Sent::Array(sent)]);
});

fn round_trip(replies: &[Sent<'_>]) {
    for version in [Version::Resp2, Version::Resp3] {
        let stream = encode(replies, version);
        let (again, end) = decode(&stream, stream.len().max(1));
        if end == Err(BadReply::TooDeep) {
            return;
        }
        assert_eq!(end, Ok(Vec::new()), "what the server writes, the client understands");
        // RESP2 has no type for a map, but the same bytes are the same reply.
        let again: Option<Vec<Sent<'_>>> = again.iter().map(sent).collect();
        let again = again.map(|again| encode(&again, version));
        assert_eq!(again, Some(stream), "encoded and decoded again, it is different");
    }
}

/// The server's reply that a client has received as this one; `None` if the server has no such reply.
fn sent(reply: &Reply) -> Option<Sent<'_>> {
    Some(match reply {
        Reply::Status(text) => Sent::Status(text.into()),
        Reply::Error(text) => Sent::Error(text.into()),
        Reply::Integer(number) => Sent::Integer(*number),
        Reply::Bulk(bytes) => Sent::Bulk(bytes.into()),
        Reply::Text(text) => Sent::Text(text.into()),
        Reply::Nil => Sent::Nil,
        Reply::Array(items) => Sent::Array(items.iter().map(sent).collect::<Option<_>>()?),
        Reply::Map(pairs) => {
            let pairs = pairs.iter().map(|(field, value)| Some((sent(field)?, sent(value)?)));
            Sent::Map(pairs.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

fn encode(replies: &[Sent<'_>], version: Version) -> Vec<u8> {
    let mut bytes = Vec::new();
    for reply in replies {
        protocol::encode_reply(reply, version, &mut bytes);
    }
    bytes
}

fn decode(stream: &[u8], size: usize) -> Decoded {
    let (mut codec, mut replies, mut end) = (Codec::default(), Vec::new(), Ok(Vec::new()));
    in_pieces(stream, size, |buffer| {
        let result = drain(&mut codec, buffer, &mut replies);
        end = result.map(|()| buffer.filled().to_vec());
        end.is_ok()
    });
    (replies, end)
}

fn drain(
    codec: &mut Codec,
    buffer: &mut ReadBuffer,
    replies: &mut Vec<Reply>,
) -> Result<(), BadReply> {
    loop {
        let before = buffer.filled().len();
        let Some(reply) = codec.decode_reply(buffer)? else { return Ok(()) };
        replies.push(reply);
        assert!(buffer.filled().len() < before, "a reply out of nothing");
    }
}
