//! The lesson of labs 1 and 2: the server serves one client at a time. `concurrent.rs` has the opposite
//! of each lesson, for labs 3 and 4.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::{Lab, Peer, run};

use crate::{LAB, PONG};

/// A time in which a reply would arrive, on a busy machine too.
const SILENCE: Duration = Duration::from_millis(300);

#[test]
fn the_second_client_waits_until_the_first_leaves() {
    let ways_to_disconnect: [fn(Peer); 2] = [
        |mut first| {
            first.send("EXIT\r\n");
            first.read(1000);
        },
        drop,
    ];
    for disconnect in ways_to_disconnect {
        let lab = Lab::start(LAB);
        let mut first = lab.connect();
        first.ask("PING\r\n", PONG);
        // The kernel completes the handshake of the second client and takes its bytes, without the server.
        let mut second = lab.connect();
        second.send("PING\r\n");
        assert!(second.receives_nothing_for(SILENCE));
        first.ask("PING\r\n", PONG);
        disconnect(first);
        second.expect(PONG);
    }
}

#[test]
fn an_expired_key_is_removed_at_the_next_command() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    peer.send("SET name Alice PX 1\r\n").read(PONG.len() - 2);
    assert!(peer.receives_nothing_for(SILENCE));
    assert!(!lab.log().contains("Key expired"), "{}", lab.log());
    peer.ask("PING\r\n", PONG);
    lab.wait_for_log("Key expired and removed: name\n");
}

#[test]
fn a_waiting_client_prints_that_the_server_may_be_busy_with_another_client() {
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
        line.contains("no reply for 300 ms: the server may be busy with another client"),
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
    let args = ["--clients", "4", "--requests", "400", "--json"];
    let figures = crate::bench::figures(&crate::bench::bench(&lab, &args));
    assert_eq!(figures["most_clients_served_at_once"], 1, "{figures}");
    assert_eq!(figures["answered"], 400, "{figures}");
}

#[test]
fn a_signal_that_interrupts_a_read_does_not_disconnect_the_client() {
    // A read with a timeout returns EINTR when the process is stopped and continued.
    let lab = Lab::start_with(LAB, &["--idle-timeout", "60"]);
    let mut peer = lab.connect();
    for _ in 0..3 {
        peer.ask("PING\r\n", PONG);
        lab.pause();
        lab.resume();
    }
    peer.ask("PING\r\n", PONG);
    assert_eq!(lab.log().matches("Connection closed").count(), 0, "{}", lab.log());
}

#[test]
fn a_bench_whose_stderr_cannot_be_written_ends_with_exit_code_1() {
    let lab = Lab::start(LAB);
    let mut first = lab.connect();
    first.ask("PING\r\n", PONG);
    let port = lab.addr.port().to_string();
    let bench = "exec \"$0\" bench --port \"$1\" --stall-timeout 1 $2 2>/dev/full";
    for option in ["--large", "--requests=1"] {
        let output = run("sh", &["-c", bench, LAB, &port, option]);
        assert_eq!(output.status.code(), Some(1), "{option}: {output:?}");
    }
}
