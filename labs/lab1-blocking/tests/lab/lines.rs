//! The exact bytes that lab 1 sends, and the limits of a line protocol.

use testkit::Lab;

use crate::LAB;

#[test]
fn the_transcript_of_lab_1_is_right_to_the_byte() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("set name Alice EX 5\n", "OK\n")
        .ask("GET name\n", "Alice\n")
        .ask("FOO\n", "ERR unknown command 'FOO'\n")
        .ask("HELLO\n", "ERR unknown command 'HELLO'\n")
        .ask("SET onlykey\n", "ERR wrong number of arguments for 'SET'\n")
        .ask("EXPIRE name 0\n", "1\n")
        .ask("GET name\n", "(nil)\n")
        .ask("EXIT\n", "OK\n")
        .expect_closed();
    lab.wait_for_log("Received: set name Alice EX 5\n");
    lab.wait_for_log("Sent: OK\n");
    lab.wait_for_log("Sent: Alice\n");
    lab.wait_for_log("Sent: (nil)\n");
}

#[test]
fn an_expired_key_is_gone() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("SET name Alice PX 1\n", "OK\n");
    testkit::wait_until("the key is gone", || {
        peer.send("EXISTS name\n");
        peer.read(2) == b"0\n"
    });
    peer.ask("GET name\n", "(nil)\n");
    lab.wait_for_log("Key expired and removed: name\n");
}

#[test]
fn a_line_may_arrive_in_pieces_and_several_lines_in_one_piece() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    for piece in ["SE", "T k", " \"a b\"", "\r\nGET k\n\n  \nPI", "NG\n"] {
        peer.send(piece);
    }
    peer.expect("OK\na b\nPONG\n");
}

#[test]
fn a_value_with_a_line_break_looks_like_two_lines() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    // Without quotes, the value ends at its line break, and its second half is a command.
    peer.ask("SET k first\nsecond\n", "OK\nERR unknown command 'second'\n");
    // In quotes, the server can store the value, but a line cannot carry it back.
    peer.ask("SET k \"first\\nsecond\"\n", "OK\n").ask("STRLEN k\n", "12\n");
    peer.ask("GET k\n", "ERR the value holds a line break, which a line cannot carry\n");
}

#[test]
fn a_line_does_not_show_the_difference_between_number_and_text_or_nil_and_value() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("INCR n\nGET n\n", "1\n1\n");
    peer.ask("SET k (nil)\nGET k\nGET nobody\n", "OK\n(nil)\n(nil)\n");
    peer.ask("SET two \"a b\"\nMGET two n\n", "OK\na b 1\n");
}

#[test]
fn an_open_quote_is_answered_and_then_the_connection_is_closed() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("SET k \"v\n", "ERR Protocol error: unbalanced quotes in request\n").expect_closed();
    lab.connect().ask("PING\n", "PONG\n");
}

#[test]
fn a_line_without_an_end_is_refused_and_the_next_client_is_answered() {
    let lab = Lab::start(LAB);
    let error = "ERR Protocol error: too big inline request\n";
    lab.connect().send_until_closed(vec![b'a'; 17 << 20]).expect(error).expect_closed();
    lab.connect().ask("PING\n", "PONG\n");
}

#[test]
fn zero_bytes_and_blank_lines_and_half_a_line_do_not_harm_the_server() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.ask("\0\0\n", "ERR unknown command ''\n").ask("\n \r\n\t\nPING\0\n", "PONG\n");
    peer.send("GET na").finish().expect_closed();
    lab.connect().ask("PING\n", "PONG\n");
}

#[test]
fn info_is_one_line() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.send("INFO\nPING\n").finish();
    let lines = String::from_utf8(peer.read(10_000)).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    for part in ["uptime_in_seconds:0 ", "connected_clients:1 ", "total_commands_processed:1 "] {
        assert!(lines.contains(part), "{lines}");
    }
}

#[test]
fn a_line_without_an_end_is_closed_when_it_takes_more_than_the_memory_limit() {
    let lab = Lab::start_with(LAB, &["--max-memory", "1mb"]);
    let mut client = lab.connect();
    let line = format!("Connection closed for {}: an unfinished request", client.local_addr());
    client.send_until_closed(vec![b'a'; 2 << 20]).expect_closed();
    lab.wait_for_log(&line);
    lab.connect().ask("PING\n", "PONG\n");
}

#[test]
fn the_log_says_why_a_line_is_refused() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut client = lab.connect();
    let start = format!("Protocol error from {} at byte 1 of the request", client.local_addr());
    client.send("PING\nSET k \"v\n");
    lab.wait_for_log(&format!("{start}: unbalanced quotes in request"));
}
