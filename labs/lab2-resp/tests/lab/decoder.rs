//! `protocol.rs` with examples and with malformed bytes. The tests of the crate `codec` use random bytes.

use shared::buffer::Parsed;
use shared::limits::MAX_INLINE;
use shared::reply::{Reply, Version};
use shared::request::ProtocolError;

#[allow(dead_code, unused_imports, reason = "a part of the lab")]
#[path = "../../src/protocol.rs"]
mod protocol;

type Args = Vec<Vec<u8>>;

/// Decodes all requests in `bytes`.
fn decode_all(mut bytes: &[u8]) -> Result<Vec<Args>, ProtocolError> {
    let mut requests = Vec::new();
    while let Some((request, size)) = protocol::decode_request(bytes, &mut Parsed::default())? {
        requests.push(request.args().map(<[u8]>::to_vec).collect());
        bytes = &bytes[size..];
    }
    Ok(requests)
}

fn encoded(reply: &Reply<'_>, version: Version) -> String {
    let mut output = Vec::new();
    protocol::encode_reply(reply, version, &mut output);
    String::from_utf8(output).unwrap()
}

#[test]
fn an_array_of_bulk_strings_is_a_request() {
    let requests = decode_all(b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n").unwrap();
    assert_eq!(requests, [[b"GET".to_vec(), b"name".to_vec()]]);
}

#[test]
fn a_line_of_text_is_a_request() {
    let requests = decode_all(b"SET note \"two words\"\r\nPING\n").unwrap();
    assert_eq!(requests[0], [b"SET".to_vec(), b"note".to_vec(), b"two words".to_vec()]);
    assert_eq!(requests[1], [b"PING".to_vec()]);
}

#[test]
fn a_request_may_be_empty() {
    let requests = decode_all(b"*0\r\n\r\n   \r\n*-1\r\n\n*1\r\n$4\r\nPING\r\n").unwrap();
    let (last, empty) = requests.split_last().unwrap();
    assert_eq!(empty, [const { Args::new() }; 5]);
    assert_eq!(last, &[b"PING".to_vec()]);
}

#[test]
fn a_value_may_contain_line_breaks_and_zero_bytes_or_be_empty() {
    let requests = decode_all(b"*3\r\n$3\r\nSET\r\n$4\r\n\r\n\0\xff\r\n$0\r\n\r\n").unwrap();
    assert_eq!(requests, [[b"SET".to_vec(), b"\r\n\0\xff".to_vec(), Vec::new()]]);
}

#[test]
fn a_decoder_continues_where_it_has_stopped() {
    let bytes = b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n";
    let mut parsed = Parsed::default();
    assert!(protocol::decode_request(&bytes[..20], &mut parsed).unwrap().is_none());
    assert_eq!((parsed.position, parsed.args_left, parsed.bytes_needed), (13, 1, 3));
    let (request, size) = protocol::decode_request(bytes, &mut parsed).unwrap().unwrap();
    assert_eq!((request.arg(0), request.arg(1), size), (&b"GET"[..], &b"name"[..], bytes.len()));
}

#[test]
fn bytes_that_can_never_become_a_request_are_an_error_at_once() {
    let endless_count = [b"*".to_vec(), vec![b'1'; MAX_INLINE + 2]].concat();
    let endless_length = [b"*1\r\n$".to_vec(), vec![b'1'; MAX_INLINE + 2]].concat();
    let table: [(&[u8], Option<&str>); 17] = [
        (b"*1\r\n$4\r\nPIN", None),
        (b"*1\r", None),
        (b"*", None),
        (b"PING", None),
        (b"*1\r\n", None),
        (b"*x\r\n", Some("invalid multibulk length")),
        (b"*\r\n", Some("invalid multibulk length")),
        (b"*18446744073709551617\r\n", Some("invalid multibulk length")),
        (b"*2147483648\r\n", Some("invalid multibulk length")),
        (b"*1\r\n:1\r\n", Some("expected '$', got ':'")),
        (b"*1\r\n*1\r\n", Some("expected '$', got '*'")),
        (b"*1\r\n$-1\r\n", Some("invalid bulk length")),
        (b"*1\r\n$536870913\r\n", Some("invalid bulk length")),
        (b"*1\r\n$99999999999999999999\r\n", Some("invalid bulk length")),
        (b"SET k \"v\r\n", Some("unbalanced quotes in request")),
        (&endless_count, Some("too big mbulk count string")),
        (&endless_length, Some("too big bulk count string")),
    ];
    for (bytes, reason) in table {
        let result = decode_all(bytes).map(|requests| assert!(requests.is_empty()));
        let expected = reason.map_or(Ok(()), |reason| Err(ProtocolError::new(reason)));
        assert_eq!(result, expected, "{}", bytes[..bytes.len().min(40)].escape_ascii());
    }
}

#[test]
fn replies_are_encoded_for_the_protocol_version_of_the_client() {
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
