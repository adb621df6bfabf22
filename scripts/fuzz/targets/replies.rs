//! The client's half of RESP: the server that it has connected to may be anything.
#![no_main]

use fuzz::{in_pieces, pieces, within_memory};
use libfuzzer_sys::fuzz_target;
use shared::inbox::Inbox;
use shared::reply::{Reply, Version};
use shared::resp::{self, Codec};
use shared::wire::{BadReply, Codec as _};

/// What a stream says: its replies, and why it ends early, or what is left of it.
type Said = (Vec<Reply<'static>>, Result<Vec<u8>, BadReply>);

fuzz_target!(|input: &[u8]| {
    let (size, stream) = pieces(input);
    let whole = within_memory(stream.len(), || decode(stream, stream.len().max(1)));
    assert_eq!(
        decode(stream, size),
        whole,
        "cut in pieces of {size} bytes, it says something else"
    );
    // As the server would say it, and then all of it in one array.
    let (replies, _) = whole;
    says_again(&replies);
    says_again(&[Reply::Array(replies)]);
});

fn says_again(replies: &[Reply<'static>]) {
    for version in [Version::Resp2, Version::Resp3] {
        let stream = encode(replies, version);
        let (again, end) = decode(&stream, stream.len().max(1));
        if end == Err(BadReply::TooDeep) {
            return;
        }
        assert_eq!(end, Ok(Vec::new()), "what the server writes, the client understands");
        // RESP2 has no word for a map. But what has the same bytes is the same reply.
        assert_eq!(encode(&again, version), stream, "said again, it is something else");
    }
}

fn encode(replies: &[Reply<'_>], version: Version) -> Vec<u8> {
    let mut bytes = Vec::new();
    for reply in replies {
        resp::encode(reply, version, &mut bytes);
    }
    bytes
}

fn decode(stream: &[u8], size: usize) -> Said {
    let (mut codec, mut replies, mut end) = (Codec::default(), Vec::new(), Ok(Vec::new()));
    in_pieces(stream, size, |inbox| {
        let result = drain(&mut codec, inbox, &mut replies);
        end = result.map(|()| inbox.unread().to_vec());
        end.is_ok()
    });
    (replies, end)
}

fn drain(
    codec: &mut Codec,
    inbox: &mut Inbox,
    replies: &mut Vec<Reply<'static>>,
) -> Result<(), BadReply> {
    loop {
        let before = inbox.unread().len();
        let Some(reply) = codec.decode(inbox)? else { return Ok(()) };
        replies.push(reply);
        assert!(inbox.unread().len() < before, "a reply out of nothing");
    }
}
