//! The codec against examples and hostile bytes. `tests/codecs` has what holds for any bytes, cut anywhere.

use super::*;
use crate::wire::{BadReply, Codec as _};

type Words = Vec<Vec<u8>>;

/// Decodes all that is in the inbox.
fn drain(inbox: &mut Inbox) -> Result<Vec<Words>, ProtocolError> {
    let mut requests = Vec::new();
    while let Some(request) = decode(inbox)? {
        requests.push(request.words().map(<[u8]>::to_vec).collect());
    }
    Ok(requests)
}

fn decode_all(bytes: &[u8]) -> Result<Vec<Words>, ProtocolError> {
    let mut inbox = Inbox::new();
    inbox.push(bytes);
    drain(&mut inbox)
}

fn encoded(reply: &Reply<'_>, version: Version) -> String {
    let mut outbox = Vec::new();
    encode(reply, version, &mut outbox);
    String::from_utf8(outbox).unwrap()
}

#[test]
fn an_array_of_words_is_a_request() {
    let requests = decode_all(b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n").unwrap();
    assert_eq!(requests, [[b"GET".to_vec(), b"name".to_vec()]]);
}

#[test]
fn a_line_of_words_is_a_request() {
    let requests = decode_all(b"SET note \"two words\"\r\nPING\n").unwrap();
    assert_eq!(requests[0], [b"SET".to_vec(), b"note".to_vec(), b"two words".to_vec()]);
    assert_eq!(requests[1], [b"PING".to_vec()]);
}

#[test]
fn empty_requests_are_skipped() {
    let requests = decode_all(b"*0\r\n\r\n   \r\n*-1\r\n\n*1\r\n$4\r\nPING\r\n").unwrap();
    assert_eq!(requests, [[b"PING".to_vec()]]);
}

#[test]
fn a_value_may_hold_line_breaks_zeros_and_nothing() {
    let requests = decode_all(b"*3\r\n$3\r\nSET\r\n$4\r\n\r\n\0\xff\r\n$0\r\n\r\n").unwrap();
    assert_eq!(requests, [[b"SET".to_vec(), b"\r\n\0\xff".to_vec(), Vec::new()]]);
}

#[test]
fn bytes_that_can_never_become_a_request_are_told_from_those_not_here_yet() {
    let endless = [b"*".to_vec(), vec![b'1'; limits::INLINE + 2]].concat();
    let endless_word = [b"*1\r\n$".to_vec(), vec![b'1'; limits::INLINE + 2]].concat();
    let table: [(&[u8], Result<(), ProtocolError>); 17] = [
        (b"*1\r\n$4\r\nPIN", Ok(())),
        (b"*1\r", Ok(())),
        (b"*", Ok(())),
        (b"PING", Ok(())),
        (b"*1\r\n", Ok(())),
        (b"*x\r\n", Err(ProtocolError::Count)),
        (b"*\r\n", Err(ProtocolError::Count)),
        (b"*18446744073709551617\r\n", Err(ProtocolError::Count)),
        (b"*2147483648\r\n", Err(ProtocolError::Count)),
        (b"*1\r\n:1\r\n", Err(ProtocolError::NoDollar(b':'))),
        (b"*1\r\n*1\r\n", Err(ProtocolError::NoDollar(b'*'))),
        (b"*1\r\n$-1\r\n", Err(ProtocolError::Length)),
        (b"*1\r\n$536870913\r\n", Err(ProtocolError::Length)),
        (b"*1\r\n$99999999999999999999\r\n", Err(ProtocolError::Length)),
        (b"SET k \"v\r\n", Err(ProtocolError::Quotes(crate::words::UnbalancedQuotes))),
        (&endless, Err(ProtocolError::CountLine)),
        (&endless_word, Err(ProtocolError::LengthLine)),
    ];
    for (bytes, expected) in table {
        let result = decode_all(bytes).map(|requests| assert!(requests.is_empty()));
        assert_eq!(result, expected, "{}", bytes[..bytes.len().min(40)].escape_ascii());
    }
}

#[test]
fn replies_are_written_in_the_words_of_the_version() {
    use Version::{Resp2, Resp3};
    assert_eq!(encoded(&Reply::OK, Resp2), "+OK\r\n");
    assert_eq!(encoded(&Reply::Error("ERR no\r\nbreak".into()), Resp2), "-ERR no  break\r\n");
    assert_eq!(encoded(&Reply::Integer(-7), Resp3), ":-7\r\n");
    assert_eq!(encoded(&Reply::bulk("Alice"), Resp2), "$5\r\nAlice\r\n");
    assert_eq!(encoded(&Reply::Nil, Resp2), "$-1\r\n");
    assert_eq!(encoded(&Reply::Nil, Resp3), "_\r\n");
    assert_eq!(encoded(&Reply::Text("hi".into()), Resp2), "$2\r\nhi\r\n");
    assert_eq!(encoded(&Reply::Text("hi".into()), Resp3), "=6\r\ntxt:hi\r\n");
    let map = Reply::Map(vec![(Reply::bulk("a"), Reply::Integer(1))]);
    assert_eq!(encoded(&map, Resp2), "*2\r\n$1\r\na\r\n:1\r\n");
    assert_eq!(encoded(&map, Resp3), "%1\r\n$1\r\na\r\n:1\r\n");
}

#[test]
fn arrays_within_arrays_do_not_overflow_the_stack_of_a_client() {
    for (depth, expected) in [(128, Ok(None)), (129, Err(BadReply::TooDeep))] {
        let mut inbox = Inbox::new();
        inbox.push(&b"*1\r\n".repeat(depth));
        assert_eq!(Codec::default().decode(&mut inbox), expected);
    }
    let mut inbox = Inbox::new();
    inbox.push(&b"*1\r\n".repeat(128));
    inbox.push(b":7\r\n");
    assert!(Codec::default().decode(&mut inbox).is_ok_and(|reply| reply.is_some()));
}
