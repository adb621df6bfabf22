//! Small tests of the four functions. The first three tests connect clients to `run`: each needs one function more than the
//! test before. The others are examples for `decode_request`: bytes that have arrived, and what they mean.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use shared::buffer::Parsed;
use shared::engine::Engine;
use shared::limits::{Limits, MAX_LINE};

#[allow(dead_code, unused_imports, clippy::duplicate_mod, reason = "a part of the lab")]
#[path = "../src/protocol.rs"]
pub mod protocol;

#[allow(dead_code, reason = "a part of the lab")]
#[path = "../src/server.rs"]
mod server;

/// What should happen at once is waited for this long.
const LIMIT: Duration = Duration::from_secs(5);
/// Where nothing should happen, this long is waited.
const SILENCE: Duration = Duration::from_millis(300);

/// A client of a server of its own, which ends with the tests.
fn connect() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let limits = Limits { max_clients: 100, idle_timeout: 0, max_memory: 0 };
    let engine = Engine::new("the tests", addr, Arc::default(), limits);
    thread::spawn(move || server::run(listener, engine));
    TcpStream::connect(addr).unwrap()
}

/// All that comes until the server closes the connection. An error says that nothing more comes, and that it stays open.
fn read_to_end(client: &mut TcpStream, limit: Duration) -> Result<String, io::ErrorKind> {
    let mut text = String::new();
    client.set_read_timeout(Some(limit)).unwrap();
    client.read_to_string(&mut text).map(|_| text).map_err(|error| error.kind())
}

#[test]
fn run_accepts_the_next_client_when_one_has_left() {
    let mut first = connect();
    let mut second = TcpStream::connect(first.peer_addr().unwrap()).unwrap();
    for (client, which) in [(&mut first, "first"), (&mut second, "second")] {
        client.shutdown(Shutdown::Write).unwrap();
        let ended = read_to_end(client, LIMIT);
        assert!(ended.is_ok(), "the {which} client has left, and its connection stays open");
    }
}

#[test]
fn handle_waits_for_a_silent_client_until_it_leaves() {
    let mut client = connect();
    let ended = read_to_end(&mut client, SILENCE);
    assert!(ended.is_err(), "the client is silent, and the server closes its connection");
    client.shutdown(Shutdown::Write).unwrap();
    let ended = read_to_end(&mut client, LIMIT);
    assert!(ended.is_ok(), "the client has left, and its connection stays open");
}

#[test]
fn answer_replies_to_what_can_never_become_a_request_and_the_connection_ends() {
    let mut client = connect();
    client.write_all(b"SET note \"two\n").unwrap();
    let reply = read_to_end(&mut client, LIMIT).unwrap_or_default();
    assert!(reply.starts_with("ERR Protocol error: "), "the reply is {reply:?}");
}

/// What is decoded from these bytes: the arguments and the size of the request, or nothing yet, or an error.
type Decoded = Result<Option<(Vec<String>, usize)>, String>;

fn decode(bytes: impl AsRef<[u8]>) -> Decoded {
    decode_on(bytes.as_ref(), &mut Parsed::default())
}

fn decode_on(bytes: &[u8], parsed: &mut Parsed) -> Decoded {
    let decoded = protocol::decode_request(bytes, parsed).map_err(|error| error.to_string())?;
    let text = |arg: &[u8]| String::from_utf8_lossy(arg).into_owned();
    Ok(decoded.map(|(request, size)| (request.args().map(text).collect(), size)))
}

fn request(args: &[&str], size: usize) -> Decoded {
    Ok(Some((args.iter().map(|arg| (*arg).to_owned()).collect(), size)))
}

#[test]
fn a_line_is_a_request_and_its_size_counts_the_line_break() {
    assert_eq!(decode("PING\n"), request(&["PING"], 5));
}

#[test]
fn spaces_separate_the_arguments() {
    assert_eq!(decode("SET  name Alice\n"), request(&["SET", "name", "Alice"], 16));
}

#[test]
fn a_carriage_return_before_the_line_break_belongs_to_no_argument() {
    assert_eq!(decode("GET name\r\n"), request(&["GET", "name"], 10));
}

#[test]
fn without_any_bytes_there_is_no_request_yet() {
    assert_eq!(decode(""), Ok(None));
}

#[test]
fn half_a_line_is_no_request_yet() {
    assert_eq!(decode("SET name Al"), Ok(None));
}

#[test]
fn the_first_of_two_lines_is_the_request() {
    assert_eq!(decode("INCR a\nINCR b\n"), request(&["INCR", "a"], 7));
}

#[test]
fn a_blank_line_is_an_empty_request() {
    assert_eq!(decode("\n"), request(&[], 1));
}

#[test]
fn quotes_keep_words_together() {
    assert_eq!(decode("SET note \"two words\"\n"), request(&["SET", "note", "two words"], 21));
}

#[test]
fn a_quote_that_is_never_closed_can_never_become_a_request() {
    assert_eq!(decode("SET note \"two\n"), Err("unbalanced quotes in request".to_owned()));
}

#[test]
fn the_longest_line_is_a_request() {
    // Without the line itself: it would fill the terminal.
    let decoded = decode("x".repeat(MAX_LINE) + "\n");
    let is_right = decoded == request(&[&"x".repeat(MAX_LINE)], MAX_LINE + 1);
    assert!(is_right, "a line of {MAX_LINE} bytes and its LF are a request");
}

#[test]
fn a_longer_line_is_refused_before_its_end_has_arrived() {
    let refused = Err("too big inline request".to_owned());
    for end in ["", "\n"] {
        let is_refused = decode("x".repeat(MAX_LINE + 1) + end) == refused;
        assert!(is_refused, "a line of more than {MAX_LINE} bytes is too big, end {end:?}");
    }
}

#[test]
fn a_line_in_two_pieces_is_decoded_when_its_end_has_arrived() {
    let mut parsed = Parsed::default();
    assert_eq!(decode_on(b"GET na", &mut parsed), Ok(None));
    assert_eq!(decode_on(b"GET name\n", &mut parsed), request(&["GET", "name"], 9));
}
