//! The lesson of labs 1 and 2: the server does one thing at a time. Lab 3 has the opposite of each test.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::{Lab, Peer};

use crate::{LAB, PONG};

/// Long enough for a reply that is on its way, on a busy machine too.
const A_WHILE: Duration = Duration::from_millis(300);

#[test]
fn the_second_client_waits_until_the_first_leaves() {
    let ways_to_leave: [fn(Peer); 2] = [
        |mut first| {
            first.send("EXIT\r\n");
            first.read(1000);
        },
        drop,
    ];
    for leave in ways_to_leave {
        let lab = Lab::start(LAB);
        let mut first = lab.connect();
        first.ask("PING\r\n", PONG);
        // The kernel completes the handshake of the second client and takes its bytes, all by itself.
        let mut second = lab.connect();
        second.send("PING\r\n");
        assert!(second.hears_nothing_for(A_WHILE));
        first.ask("PING\r\n", PONG);
        leave(first);
        second.expect(PONG);
    }
}

#[test]
fn a_key_that_expires_is_noticed_at_the_next_command() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.send("SET name Alice PX 1\r\n").read(PONG.len() - 2);
    assert!(peer.hears_nothing_for(A_WHILE));
    assert!(!lab.log().contains("Key expired"), "{}", lab.log());
    peer.ask("PING\r\n", PONG);
    lab.wait_for_log("Key expired and removed: name\n");
}

#[test]
fn a_client_in_the_queue_is_told_that_another_may_be_holding_the_server() {
    let lab = Lab::start(LAB);
    let mut first = lab.connect();
    first.ask("PING\r\n", PONG);
    let mut waiting = Command::new(LAB)
        .args(["client", "--port", &lab.addr.port().to_string(), "PING"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(waiting.stderr.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert!(
        line.contains("no reply for 300 ms: another client may be holding the server"),
        "{line}"
    );
    drop(first);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"PONG\n");
    assert!(lines.next().unwrap().unwrap().contains("the reply came after"));
}

#[test]
fn the_load_generator_shows_that_clients_take_turns() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let words = ["--clients", "4", "--requests", "400", "--json"];
    let figures = crate::bench::figures(&crate::bench::bench(&lab, &words));
    assert_eq!(figures["most_clients_served_at_once"], 1, "{figures}");
    assert_eq!(figures["answered"], 400, "{figures}");
}
