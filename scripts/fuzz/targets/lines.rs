//! The line protocol of lab 1, both halves. Its file is a part of a program: we take it from there.
#![no_main]

use fuzz::{in_pieces, pieces, within_memory};
use libfuzzer_sys::fuzz_target;
use shared::inbox::Inbox;
use shared::reply::{Reply, Version};
use shared::wire::Codec as _;

#[path = "../../../labs/lab1-blocking/src/protocol.rs"]
mod protocol;

/// What a stream says: its requests, and why it ends early, or what is left of it.
type Said = (Vec<Vec<Vec<u8>>>, Result<Vec<u8>, String>);

fuzz_target!(|input: &[u8]| {
    let (size, stream) = pieces(input);
    let whole = within_memory(stream.len(), || decode(stream, stream.len().max(1)));
    assert_eq!(
        decode(stream, size),
        whole,
        "cut in pieces of {size} bytes, it says something else"
    );
    assert_eq!(replies(stream, size), replies(stream, stream.len().max(1)));

    let (requests, _) = whole;
    requests.iter().flatten().for_each(|word| reply_is_one_line(word));
    // As a client would say it, and then all of it in one request.
    says_again(&requests);
    if !requests.is_empty() {
        says_again(&[requests.concat()]);
    }
});

fn says_again(requests: &[Vec<Vec<u8>>]) {
    let mut stream = Vec::new();
    for words in requests {
        protocol::Codec::encode(words, &mut stream);
    }
    let (again, end) = decode(&stream, stream.len().max(1));
    assert_eq!(again, requests, "said again, it is something else");
    assert_eq!(end, Ok(Vec::new()), "said again, it does not end");
}

fn decode(stream: &[u8], size: usize) -> Said {
    let (mut requests, mut end) = (Vec::new(), Ok(Vec::new()));
    in_pieces(stream, size, |inbox| {
        let result = drain(inbox, &mut requests);
        end = result.map(|()| inbox.unread().to_vec()).map_err(|error| error.to_string());
        end.is_ok()
    });
    (requests, end)
}

fn drain(
    inbox: &mut Inbox,
    requests: &mut Vec<Vec<Vec<u8>>>,
) -> Result<(), protocol::ProtocolError> {
    loop {
        let before = inbox.unread().len();
        let Some(request) = protocol::decode(inbox)? else { return Ok(()) };
        assert!(!request.is_empty(), "a request without a name");
        requests.push(request.words().map(<[u8]>::to_vec).collect());
        assert!(inbox.unread().len() < before, "a request out of nothing");
    }
}

/// The stream as replies of a server.
fn replies(stream: &[u8], size: usize) -> Vec<Reply<'static>> {
    let (mut codec, mut replies) = (protocol::Codec, Vec::new());
    in_pieces(stream, size, |inbox| {
        while let Ok(Some(reply)) = codec.decode(inbox) {
            replies.push(reply);
        }
        true
    });
    replies
}

/// Whatever a value holds, its reply ends with its line, or the client would take the rest for the next.
fn reply_is_one_line(value: &[u8]) {
    let mut line = Vec::new();
    let both = Reply::Array(vec![Reply::Bulk(value.into()), Reply::Nil]);
    protocol::encode(&both, Version::Resp2, &mut line);
    assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
}
