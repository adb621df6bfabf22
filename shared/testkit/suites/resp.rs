//! The exact bytes of RESP that labs 2 to 4 send.

use proptest::prelude::*;
use testkit::Lab;

use crate::LAB;

#[test]
fn the_transcript_of_lab_2_is_right_to_the_byte() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("*2\r\n$3\r\nGET\r\n$4\r\nname\r\n", "$-1\r\n");
    let set = "*5\r\n$3\r\nSET\r\n$4\r\nname\r\n$5\r\nAlice\r\n$2\r\nEX\r\n$1\r\n5\r\n";
    assert_eq!(set.len(), 49);
    peer.ask(set, "+OK\r\n");
    peer.ask("*2\r\n$3\r\nGET\r\n$4\r\nname\r\n", "$5\r\nAlice\r\n");
    peer.ask("*3\r\n$6\r\nEXPIRE\r\n$4\r\nname\r\n$2\r\n-1\r\n", ":1\r\n");
    peer.ask("*2\r\n$3\r\nGET\r\n$4\r\nname\r\n", "$-1\r\n");
    peer.finish().expect_closed();
    lab.wait_for_log("Received RESP: [\"SET\", \"name\", \"Alice\", \"EX\", \"5\"]\n");
    lab.wait_for_log("Sent RESP: OK\n");
    lab.wait_for_log("Sent RESP: (nil)\n");
    lab.wait_for_log("Connection closed for 127.0.0.1:");
}

#[test]
fn the_transcript_with_telnet_is_right_to_the_byte() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("PING\r\n", "+PONG\r\n")
        .ask("SET key1 hello\r\n", "+OK\r\n")
        .ask("GET key1\r\n", "$5\r\nhello\r\n")
        .ask("GET unknown\r\n", "$-1\r\n")
        .ask("HELLO\r\n", "-ERR unknown command 'HELLO'\r\n")
        .ask("SET onlykey\r\n", "-ERR wrong number of arguments for 'SET'\r\n")
        .ask("FoO bar\r\n", "-ERR unknown command 'FoO'\r\n")
        .ask("set onlykey\r\n", "-ERR wrong number of arguments for 'set'\r\n")
        .ask("EXIT\r\n", "+OK\r\n")
        .expect_closed();
}

#[test]
fn an_expired_key_is_gone() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("SET name Alice PX 1\r\n", "+OK\r\n");
    testkit::wait_until("the key is gone", || {
        peer.send("EXISTS name\r\n");
        peer.read(4) == b":0\r\n"
    });
    peer.ask("GET name\r\n", "$-1\r\n");
    lab.wait_for_log("Key expired and removed: name\n");
}

#[test]
fn hello_3_changes_the_encoding_of_nil_and_maps() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.send("HELLO 3 AUTH default anything SETNAME me\r\n");
    peer.expect("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n");
    peer.expect("$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n");
    peer.expect("$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n");
    peer.ask("GET nobody\r\n", "_\r\n").ask("CLIENT GETNAME\r\n", "$2\r\nme\r\n");
    peer.ask("CONFIG GET save\r\n", "%1\r\n$4\r\nsave\r\n$0\r\n\r\n");
    peer.ask("HELLO 4\r\n", "-NOPROTO unsupported protocol version\r\n");
    peer.ask("GET nobody\r\n", "_\r\n");
    peer.send("HELLO 2\r\n").expect("*14\r\n$6\r\nserver\r\n");
    peer.send("GET nobody\r\n");
    let rest = String::from_utf8(peer.finish().read(10_000)).unwrap();
    assert!(rest.ends_with("*0\r\n$-1\r\n"), "{rest}");
}

#[test]
fn hello_3_makes_a_set_of_the_flags_of_a_command() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let first = |set: &str| {
        let flags = format!("{set}2\r\n+readonly\r\n+fast\r\n");
        let empty = format!("{set}0\r\n").repeat(4);
        format!("*10\r\n$3\r\nget\r\n:2\r\n{flags}:1\r\n:1\r\n:1\r\n{empty}*10\r\n")
    };
    for (hello, set) in [("HELLO 2", "*"), ("HELLO 3", "~")] {
        let mut peer = lab.connect();
        peer.send(format!("{hello}\r\nCOMMAND\r\n"));
        while !peer.read_line().starts_with("*34\r\n") {}
        peer.expect(first(set));
    }
}

#[test]
fn the_documents_of_commands_come_in_the_order_of_their_names_in_the_request() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peer = lab.connect();
    peer.send("COMMAND DOCS ttl nosuch GET get\r\nQUIT\r\n");
    peer.expect("*6\r\n$3\r\nttl\r\n");
    let rest = String::from_utf8(peer.read(usize::MAX)).unwrap();
    assert_eq!(rest.matches("\r\n$3\r\nget\r\n").count(), 2, "{rest}");
}

#[test]
fn the_help_that_an_error_names_lists_the_subcommands() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peer = lab.connect();
    peer.ask("CONFIG NOSUCH\r\n", "-ERR unknown subcommand 'NOSUCH'. Try CONFIG HELP.\r\n");
    let head = "<subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n";
    let table = [
        ("CONFIG", "*3\r\n", "+HELP\r\n+GET pattern [pattern ...]\r\n"),
        ("command", "*4\r\n", "+COUNT\r\n+DOCS [name ...]\r\n+HELP\r\n"),
    ];
    for (name, count, lines) in table {
        let reply = format!("{count}+{} {head}{lines}", name.to_uppercase());
        peer.ask(format!("{name} help\r\n"), reply);
    }
    peer.send("CLIENT HELP\r\n").expect(format!("*7\r\n+CLIENT {head}+ID\r\n+SETNAME name\r\n"));
}

#[test]
fn a_protocol_error_is_answered_and_then_the_connection_is_closed() {
    let lab = Lab::start(LAB);
    let table = [
        ("*1\r\n:1\r\n", "-ERR Protocol error: expected '$', got ':'\r\n"),
        ("*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
        ("*1\r\n$-5\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        ("*1\r\n$99999999999999999999\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        ("GET \"name\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"),
    ];
    for (bytes, error) in table {
        let mut peer = lab.connect();
        peer.ask("PING\r\n", "+PONG\r\n").ask(bytes, error).expect_closed();
    }
    lab.connect().ask("PING\r\n", "+PONG\r\n");
}

#[test]
fn requests_before_an_exit_or_an_error_are_answered() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("PING\r\nPING\r\nQUIT\r\nPING\r\n", "+PONG\r\n+PONG\r\n+OK\r\n").expect_closed();
    let mut peer = lab.connect();
    peer.ask("PING\r\n*1\r\n!", "+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n");
    peer.expect_closed();
}

#[test]
fn a_pipeline_of_ten_thousand_commands_is_answered_in_order() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peer = lab.connect();
    peer.send("INCR n\r\n".repeat(10_000));
    let replies: String = (1..=10_000).map(|n| format!(":{n}\r\n")).collect();
    peer.expect(replies);
}

#[test]
fn replies_of_many_megabytes_wait_until_the_client_reads() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peer = lab.connect();
    let value = "0123456789abcdef".repeat(1 << 16);
    peer.send(format!("*3\r\n$3\r\nSET\r\n$1\r\nv\r\n${}\r\n{value}\r\n", value.len()));
    peer.expect("+OK\r\n").send("GET v\r\n".repeat(100)).finish();
    for _ in 0..100 {
        peer.expect(format!("${}\r\n{value}\r\n", value.len()));
    }
    peer.expect_closed();
}

/// Commands that do not depend on time, so that a stream gets the same replies whole and in pieces.
fn request() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let key = prop_oneof![Just(b"a".to_vec()), Just(b"b\r\n".to_vec()), Just(b"".to_vec())];
    let value = prop_oneof![any::<Vec<u8>>(), Just(b"7".to_vec()), Just(vec![b'x'; 5_000])];
    let name = |name: &str| name.as_bytes().to_vec();
    prop_oneof![
        (key.clone(), value.clone()).prop_map(move |(k, v)| vec![name("SET"), k, v]),
        (key.clone(), value).prop_map(move |(k, v)| vec![name("APPEND"), k, v]),
        key.clone().prop_map(move |k| vec![name("GET"), k]),
        key.clone().prop_map(move |k| vec![name("INCR"), k]),
        key.prop_map(move |k| vec![name("DEL"), k]),
        Just(vec![b"NOSUCH".to_vec()]),
    ]
}

fn encoded(requests: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let mut stream = Vec::new();
    for args in requests {
        stream.extend(format!("*{}\r\n", args.len()).bytes());
        for arg in args {
            stream.extend(format!("${}\r\n", arg.len()).bytes());
            stream.extend_from_slice(arg);
            stream.extend_from_slice(b"\r\n");
        }
    }
    stream
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_stream_in_any_pieces_gets_the_same_replies_as_in_one_piece(
        requests in proptest::collection::vec(request(), 1..12),
        sizes in proptest::collection::vec(1..700usize, 1..6),
    ) {
        let stream = encoded(&requests);
        let lab = Lab::start_with(LAB, &["--quiet"]);
        let mut whole = lab.connect();
        whole.send(&stream).finish();
        let expected = whole.read(usize::MAX);
        lab.connect().ask("FLUSHALL\r\nQUIT\r\n", "+OK\r\n+OK\r\n").expect_closed();

        let mut pieces = lab.connect();
        let (mut rest, mut sizes) = (stream.as_slice(), sizes.iter().cycle());
        while let (false, Some(size)) = (rest.is_empty(), sizes.next()) {
            let (piece, after) = rest.split_at(rest.len().min(*size));
            pieces.send(piece);
            rest = after;
        }
        let replies = pieces.finish().read(usize::MAX);
        prop_assert_eq!(replies.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }
}
