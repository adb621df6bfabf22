//! Small tests of `decode_request` and `encode_reply`. Each one is an example: bytes, and what they mean.

use shared::buffer::Parsed;
use shared::reply::{Reply, Version};

#[allow(dead_code, unused_imports, clippy::duplicate_mod, reason = "a part of the lab")]
#[path = "../src/protocol.rs"]
mod protocol;

/// What is decoded from these bytes: the arguments and the size of the request, or nothing yet, or an error.
type Decoded = Result<Option<(Vec<String>, usize)>, String>;

fn decode(bytes: &str) -> Decoded {
    let decoded = protocol::decode_request(bytes.as_bytes(), &mut Parsed::default());
    let text = |arg: &[u8]| String::from_utf8_lossy(arg).into_owned();
    let decoded = decoded.map_err(|error| error.to_string())?;
    Ok(decoded.map(|(request, size)| (request.args().map(text).collect(), size)))
}

fn request(args: &[&str], size: usize) -> Decoded {
    Ok(Some((args.iter().map(|arg| (*arg).to_owned()).collect(), size)))
}

/// Fails if `encode_reply` does not append these bytes.
#[track_caller]
fn assert_encoded(reply: &Reply<'_>, version: Version, expected: &str) {
    let mut output = b"before".to_vec();
    protocol::encode_reply(reply, version, &mut output);
    let text = String::from_utf8_lossy(&output);
    let appended = text.strip_prefix("before").unwrap_or("(not at the end of `output`)");
    assert!(
        appended == expected,
        "`encode_reply` has appended {appended:?} for {reply:?} in {version:?}, and {expected:?} is right"
    );
}

const GET: &str = "*2\r\n$3\r\nGET\r\n$4\r\nname\r\n";

#[test]
fn an_array_of_bulk_strings_is_a_request() {
    assert_eq!(decode(GET), request(&["GET", "name"], 23));
}

#[test]
fn any_part_of_a_request_is_no_request_yet() {
    for length in 0..GET.len() {
        assert_eq!(decode(&GET[..length]), Ok(None), "of {:?}", &GET[..length]);
    }
}

#[test]
fn the_rest_of_a_request_may_come_later() {
    let mut parsed = Parsed::default();
    for length in 0..GET.len() {
        let decoded = protocol::decode_request(&GET.as_bytes()[..length], &mut parsed);
        assert!(matches!(decoded, Ok(None)), "{decoded:?} of {:?}", &GET[..length]);
    }
    let decoded = protocol::decode_request(GET.as_bytes(), &mut parsed);
    assert!(
        matches!(&decoded, Ok(Some((request, 23))) if request.arg(1) == b"name"),
        "{decoded:?}"
    );
}

#[test]
fn the_first_of_two_requests_is_decoded() {
    assert_eq!(decode(&GET.repeat(2)), request(&["GET", "name"], 23));
}

#[test]
fn an_argument_may_hold_line_breaks_and_may_be_empty() {
    assert_eq!(decode("*2\r\n$4\r\na\r\nb\r\n$0\r\n\r\n"), request(&["a\r\nb", ""], 20));
}

#[test]
fn an_array_without_arguments_is_an_empty_request() {
    assert_eq!(decode("*0\r\nPING\r\n"), request(&[], 4));
    assert_eq!(decode("*-1\r\nPING\r\n"), request(&[], 5));
}

#[test]
fn a_line_of_text_is_a_request_as_well() {
    assert_eq!(decode("SET note \"two words\"\r\n"), request(&["SET", "note", "two words"], 22));
}

#[test]
fn an_argument_that_is_no_bulk_string_can_never_become_a_request() {
    assert_eq!(decode("*1\r\n:5\r\n"), Err("expected '$', got ':'".to_owned()));
}

#[test]
fn a_length_that_is_no_sensible_number_can_never_become_a_request() {
    for length in ["x", "-1", "99999999999999999999", "536870913"] {
        let decoded = decode(&format!("*1\r\n${length}\r\n"));
        assert_eq!(decoded, Err("invalid bulk length".to_owned()), "of the length {length}");
    }
    for count in ["x", "2147483648"] {
        let decoded = decode(&format!("*{count}\r\n"));
        assert_eq!(decoded, Err("invalid multibulk length".to_owned()), "of the count {count}");
    }
}

#[test]
fn a_status_an_error_and_a_number_are_lines() {
    assert_encoded(&Reply::OK, Version::Resp2, "+OK\r\n");
    let error = Reply::Error("ERR unknown command 'FOO'".into());
    assert_encoded(&error, Version::Resp2, "-ERR unknown command 'FOO'\r\n");
    assert_encoded(&Reply::Integer(-42), Version::Resp2, ":-42\r\n");
}

#[test]
fn a_value_has_its_length_before_it() {
    assert_encoded(&Reply::bulk("Alice"), Version::Resp2, "$5\r\nAlice\r\n");
    assert_encoded(&Reply::bulk("two\r\nlines"), Version::Resp2, "$10\r\ntwo\r\nlines\r\n");
}

#[test]
fn a_line_break_within_an_error_does_not_end_it() {
    let error = Reply::Error("ERR unknown command 'a\r\nb'".into());
    assert_encoded(&error, Version::Resp2, "-ERR unknown command 'a  b'\r\n");
}

#[test]
fn nil_is_written_differently_in_resp3() {
    assert_encoded(&Reply::Nil, Version::Resp2, "$-1\r\n");
    assert_encoded(&Reply::Nil, Version::Resp3, "_\r\n");
}

#[test]
fn an_array_is_its_count_and_then_its_items() {
    let array = Reply::Array(vec![Reply::bulk("a"), Reply::Nil, Reply::Array(vec![Reply::OK])]);
    assert_encoded(&array, Version::Resp2, "*3\r\n$1\r\na\r\n$-1\r\n*1\r\n+OK\r\n");
}

#[test]
fn maps_sets_and_text_have_types_of_their_own_in_resp3() {
    let map = Reply::Map(vec![(Reply::bulk("proto"), Reply::Integer(3))]);
    assert_encoded(&map, Version::Resp2, "*2\r\n$5\r\nproto\r\n:3\r\n");
    assert_encoded(&map, Version::Resp3, "%1\r\n$5\r\nproto\r\n:3\r\n");
    let set = Reply::Set(vec![Reply::bulk("a")]);
    assert_encoded(&set, Version::Resp2, "*1\r\n$1\r\na\r\n");
    assert_encoded(&set, Version::Resp3, "~1\r\n$1\r\na\r\n");
    let text = Reply::Text("Hello".into());
    assert_encoded(&text, Version::Resp2, "$5\r\nHello\r\n");
    assert_encoded(&text, Version::Resp3, "=9\r\ntxt:Hello\r\n");
}
