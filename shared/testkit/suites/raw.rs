//! The client shows bytes: `client --raw` and `client --pieces`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use testkit::{Lab, Terminal, run};

use crate::{LAB, PONG};

/// Runs `client` with more arguments.
fn client(port: u16, args: &[&str]) -> Output {
    run(LAB, &[&["client", "--port", &port.to_string()], args].concat())
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn is_resp() -> bool {
    PONG.starts_with('+')
}

/// The rows that show these lines, each of which ends as the protocol says.
fn rows(direction: &str, lines: &[&str]) -> String {
    let end = if is_resp() { r"\r\n" } else { r"\n" };
    lines.iter().map(|line| format!("{direction:<10}{line}{end}\n")).collect()
}

#[test]
fn raw_shows_the_bytes_of_a_request_and_of_its_reply_and_nothing_else() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port();
    let set = client(port, &["--raw", "SET", "name", "Zoë"]);
    let shown = if is_resp() {
        rows("sent", &["*3", "$3", "SET", "$4", "name", "$4", "Zoë"]) + &rows("received", &["+OK"])
    } else {
        rows("sent", &[r#"SET name "Zo\\xc3\\xab""#]) + &rows("received", &["OK"])
    };
    assert_eq!((set.status.code(), stdout(&set), stderr(&set)), (Some(0), &*shown, ""));
    let error = client(port, &["--raw", "FOO"]);
    let shown = if is_resp() {
        rows("sent", &["*1", "$3", "FOO"]) + &rows("received", &["-ERR unknown command 'FOO'"])
    } else {
        rows("sent", &["FOO"]) + &rows("received", &["ERR unknown command 'FOO'"])
    };
    assert_eq!((error.status.code(), stdout(&error), stderr(&error)), (Some(1), &*shown, ""));
}

#[test]
fn raw_at_the_prompt_shows_the_bytes_of_each_command() {
    let lab = Lab::start(LAB);
    let mut child = Command::new(LAB)
        .args(["client", "--raw", "--port", &lab.addr.port().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"PING\nSTRLEN k\nEXIT\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let shown = if is_resp() {
        [
            rows("sent", &["*1", "$4", "PING"]) + &rows("received", &["+PONG"]),
            rows("sent", &["*2", "$6", "STRLEN", "$1", "k"]) + &rows("received", &[":0"]),
            rows("sent", &["*1", "$4", "EXIT"]) + &rows("received", &["+OK"]),
        ]
    } else {
        [("PING", "PONG"), ("STRLEN k", "0"), ("EXIT", "OK")]
            .map(|(sent, received)| rows("sent", &[sent]) + &rows("received", &[received]))
    };
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), &*shown.concat()));
}

#[test]
fn a_long_line_is_cut_and_no_byte_can_control_the_terminal() {
    let lab = Lab::start(LAB);
    let value = "\u{1b}[2J".to_owned() + &"\\".repeat(100_000);
    let set = client(lab.addr.port(), &["--raw", "SET", "k", &value]);
    let get = client(lab.addr.port(), &["--raw", "GET", "k"]);
    let size = value.len() + PONG.len() - "PONG".len() - usize::from(is_resp());
    assert!(stdout(&get).contains(&format!("\\\\… ({size} bytes)\n")), "{}", stdout(&get));
    assert!(stdout(&get).contains(r"received  \x1b[2J\\\\"), "{}", stdout(&get));
    for output in [set, get] {
        for row in stdout(&output).lines() {
            assert!(row.chars().count() <= 80 && !row.contains(char::is_control), "{row:?}");
        }
    }
}

#[test]
fn pieces_are_sent_one_by_one_and_then_the_sending_side_is_closed() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let started = Instant::now();
    let client = thread::spawn(move || client(port, &["--pieces", r"P\x49", r"\0\\\t", r"\r\n"]));
    let (mut stream, _) = server.accept().unwrap();
    let mut bytes = Vec::new();
    stream.set_read_timeout(Some(testkit::LIMIT)).unwrap();
    // This ends when the client closes its side. The client still shows what comes.
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"PI\0\\\t\r\n");
    stream.write_all(b"late\r\n\xffend").unwrap();
    drop(stream);
    let output = client.join().unwrap();
    let sent = "sent      PI\nsent      \\0\\\\\\t\nsent      \\r\\n\n";
    let received = "received  late\\r\\n\nreceived  \\xffend\n";
    assert_eq!(stdout(&output), format!("{sent}{received}"));
    assert_eq!(stderr(&output).lines().last(), Some("(the server has closed the connection)"));
    assert_eq!(output.status.code(), Some(0));
    assert!(started.elapsed() >= Duration::from_secs(2), "a second between two pieces");
}

#[test]
fn a_lab_makes_one_request_of_two_pieces() {
    let lab = Lab::start(LAB);
    let output = client(lab.addr.port(), &["--pieces", "PI", r"NG\r\n"]);
    let sent = "sent      PI\nsent      NG\\r\\n\n".to_owned();
    let pong = rows("received", &[PONG.trim_end()]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), &*(sent + &pong)));
    lab.wait_for_log("Connection closed");
    assert_eq!(lab.log().matches("Received").count(), 1, "{}", lab.log());
}

#[test]
fn pieces_end_when_the_server_closes_the_connection() {
    let lab = Lab::start(LAB);
    let output = client(lab.addr.port(), &["--pieces", r"FOO\nEXIT\n", r"PING\n"]);
    assert_eq!(output.status.code(), Some(1), "a reply was an error: {output:?}");
    assert!(
        stdout(&output).ends_with(&rows("received", &[&PONG.trim_end().replace("PONG", "OK")]))
    );
    assert!(!stdout(&output).contains("PING"), "{output:?}");
    let said = "(the server has closed the connection)\n(1 of 2 pieces have been sent)\n";
    assert_eq!(stderr(&output), said);
}

#[test]
fn a_client_that_shows_bytes_says_that_the_server_may_be_busy() {
    for (option, word) in [("--raw", "PING"), ("--pieces", r"PING\n")] {
        let lab = Lab::start(LAB);
        lab.pause();
        let mut waiting = Command::new(LAB)
            .args(["client", "--port", &lab.addr.port().to_string(), option, word])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(waiting.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
        let hint = "no reply for 300 ms: the server may be busy with another client";
        assert!(line.contains(hint), "{line}");
        lab.resume();
        let output = waiting.wait_with_output().unwrap();
        assert!(stdout(&output).ends_with(&rows("received", &[PONG.trim_end()])), "{output:?}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn what_cannot_be_sent_is_refused_with_a_sentence() {
    let refused = |args: &[&str], sentence: &str| {
        // Nothing listens on port 1: what is wrong must be said before the client connects.
        let output = client(1, args);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(sentence), "{}", stderr(&output));
        assert!(!stderr(&output).contains("no server"), "{}", stderr(&output));
    };
    refused(&["--pieces", "PING", r"a\q"], r"piece 2 is not sent: '\q' is no escape: write \r");
    refused(&["--pieces", r"\x4"], r"piece 1 is not sent: two hexadecimal digits must follow \x");
    refused(&["--pieces", "\\"], "a backslash at the end");
    refused(&["--pieces"], "a value is required for '--pieces <PIECE>...'");
    refused(&["--json", "--raw", "PING"], "'--json' cannot be used with '--raw'");
    refused(&["--json", "--pieces", "PING"], "cannot be used with");
    refused(&["--raw", "--pieces", "PING"], "cannot be used with");
    let no_server = client(1, &["--pieces", "PING"]);
    assert_eq!(no_server.status.code(), Some(2), "{no_server:?}");
    assert!(stderr(&no_server).contains("no server answers"), "{no_server:?}");
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_the_next_piece_waits_for_enter() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port();
    let pieces = r"'PING\nEC' 'HO a' 'b\n'";
    let terminal = Terminal::run(&format!("{LAB} client --port {port} --pieces {pieces}"));
    // The server's bytes are shown while the client waits.
    terminal.wait_for(&rows("received", &[PONG.trim_end()]));
    terminal.wait_for("Press Enter to send piece 2 of 3.");
    terminal.type_key("Enter");
    terminal.wait_for("sent      HO a\nPress Enter to send piece 3 of 3.");
    assert_eq!(lab.log().matches("Received").count(), 1, "{}", lab.log());
    terminal.type_key("Enter");
    lab.wait_for_log("ECHO");
    let picture = terminal.expect_end(0);
    assert!(picture.contains("sent      b\\n\nreceived  "), "{picture}");
    assert_eq!(lab.log().matches("Received").count(), 2, "{}", lab.log());
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_ctrl_d_leaves_out_the_other_pieces_and_ctrl_c_ends_the_client() {
    for (key, exit_code) in [("C-d", 0), ("C-c", 130)] {
        let lab = Lab::start(LAB);
        let port = lab.addr.port();
        // Without the trap, Ctrl-C ends the shell as well.
        let command = format!("trap : INT; {LAB} client --port {port} --pieces 'PING\\n' 'FOO\\n'");
        let terminal = Terminal::run(&command);
        terminal.wait_for("Press Enter to send piece 2 of 2.");
        terminal.type_key(key);
        let picture = terminal.expect_end(exit_code);
        assert_eq!(picture.contains("(1 of 2 pieces have been sent)"), exit_code == 0, "{picture}");
        lab.wait_for_log("Connection closed");
        assert!(!lab.log().contains("FOO"), "{}", lab.log());
    }
}
