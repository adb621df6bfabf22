//! The server's half of RESP: whoever can connect can send these bytes.
#![no_main]

use fuzz::{in_pieces, pieces, within_memory};
use libfuzzer_sys::fuzz_target;
use shared::inbox::Inbox;
use shared::resp::{self, ProtocolError};
use shared::wire::Codec as _;

/// What a stream says: its requests, and why it ends early, or what is left of it.
type Said = (Vec<Vec<Vec<u8>>>, Result<Vec<u8>, ProtocolError>);

fuzz_target!(|input: &[u8]| {
    let (size, stream) = pieces(input);
    let whole = within_memory(stream.len(), || decode(stream, stream.len().max(1)));
    assert_eq!(
        decode(stream, size),
        whole,
        "cut in pieces of {size} bytes, it says something else"
    );

    let (requests, _) = whole;
    // As a client would say it, and then all of it in one request.
    says_again(&requests);
    if !requests.is_empty() {
        says_again(&[requests.concat()]);
    }
});

fn says_again(requests: &[Vec<Vec<u8>>]) {
    let mut stream = Vec::new();
    for words in requests {
        resp::Codec::encode(words, &mut stream);
    }
    let (again, end) = decode(&stream, stream.len().max(1));
    assert_eq!(again, requests, "said again, it is something else");
    assert_eq!(end, Ok(Vec::new()), "said again, it does not end");
}

fn decode(stream: &[u8], size: usize) -> Said {
    let (mut requests, mut end) = (Vec::new(), Ok(Vec::new()));
    in_pieces(stream, size, |inbox| {
        let result = drain(inbox, &mut requests);
        end = result.map(|()| inbox.unread().to_vec());
        end.is_ok()
    });
    (requests, end)
}

fn drain(inbox: &mut Inbox, requests: &mut Vec<Vec<Vec<u8>>>) -> Result<(), ProtocolError> {
    loop {
        let before = inbox.unread().len();
        let Some(request) = resp::decode(inbox)? else { return Ok(()) };
        assert!(!request.is_empty(), "a request without a name");
        requests.push(request.words().map(<[u8]>::to_vec).collect());
        assert!(inbox.unread().len() < before, "a request out of nothing");
    }
}
