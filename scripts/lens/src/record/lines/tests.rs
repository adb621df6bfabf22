//! Calls of one run, and those of another that belong to them.

use super::*;
use trace::client_log::{ClientEvent, EventKind};

const A: u16 = 1001;
const B: u16 = 1002;

/// A run with these calls of thread 7: each as a pattern in which FD is the connection of a client.
fn run(calls: &[(Option<u16>, &str)]) -> Run {
    let line = |(port, call): &(Option<u16>, &str)| {
        let fd = port.map(|port| format!("{port}<TCP:[127.0.0.1:6379->127.0.0.1:{port}]>"));
        let call = call.replace("FD", &fd.unwrap_or_default());
        format!("7 1.000000 {call} <0.000010>\n")
    };
    let log: String = calls.iter().map(line).collect();
    let event = |(client, port): (&str, _)| ClientEvent {
        at_us: 0,
        client: client.to_owned(),
        port,
        what: EventKind::Connecting,
    };
    let events = [("A", A), ("B", B)].map(event).to_vec();
    Run { log: log.into_bytes(), main_thread: 7, events }
}

const READ: &str = r#"recvfrom(FD, "*1\r\n$4\r\nPING\r\n", 9, 0, NULL, NULL) = 14"#;
const NOTHING: &str = "recvfrom(FD, 0x1, 9, 0, NULL, NULL) = -1 EAGAIN (Try again)";
const SENT: &str = r#"sendto(FD, "+PONG\r\n", 7, MSG_NOSIGNAL, NULL, 0) = 7"#;
const LEFT: &str = r#"recvfrom(FD, "", 9, 0, NULL, NULL) = 0"#;
const WAIT: &str = "epoll_wait(5<anon_inode:[eventpoll]>, [], 9, -1) = 1";

/// The calls of the second run that belong to those of the first; 0 where there is none. They count from 1.
fn joined(first: &[(Option<u16>, &str)], second: &[(Option<u16>, &str)]) -> Vec<u32> {
    let mut second = calls(&run(second));
    for (line, call) in (1..).zip(&mut second) {
        let (function, file, text) = (String::new(), String::new(), String::new());
        call.path.push(Frame { function, file, line, text });
    }
    let first = calls(&run(first));
    let paths = join(&first, second);
    (0..first.len()).map(|call| paths.path(call).first().map_or(0, |it| it.line)).collect()
}

#[test]
fn clients_may_come_in_another_order() {
    let [a, b] = [Some(A), Some(B)];
    let first = [(a, READ), (a, SENT), (b, READ), (b, SENT)];
    let second = [(b, READ), (a, READ), (b, SENT), (a, SENT)];
    assert_eq!(joined(&first, &second), [2, 4, 1, 3]);
}

#[test]
fn a_call_that_only_one_run_has_made_does_not_disturb_the_others() {
    let a = Some(A);
    let first = [(a, READ), (a, SENT), (a, READ), (a, SENT), (a, NOTHING), (None, WAIT)];
    let second =
        [(a, READ), (a, SENT), (a, NOTHING), (None, WAIT), (a, READ), (a, SENT), (a, LEFT)];
    assert_eq!(joined(&first, &second), [1, 2, 5, 6, 0, 0]);
    assert_eq!(joined(&second, &first), [1, 2, 0, 0, 3, 4, 0]);
}

#[test]
fn what_happens_at_another_point_or_ends_otherwise_is_another_call() {
    let (a, b) = (Some(A), Some(B));
    assert_eq!(joined(&[(a, SENT)], &[(a, READ), (a, SENT)]), [0], "nothing was asked yet");
    assert_eq!(joined(&[(a, LEFT)], &[(a, NOTHING)]), [0], "another outcome");
    assert_eq!(joined(&[(a, READ), (None, WAIT)], &[(b, READ), (None, WAIT)]), [0, 0]);
    assert_eq!(joined(&[(a, NOTHING), (a, NOTHING)], &[(a, NOTHING)]), [1, 0], "once more");
}

#[test]
fn calls_of_other_threads_that_are_about_no_connection_have_no_line() {
    let mut first = run(&[(None, WAIT), (Some(A), READ)]);
    first.main_thread = 8;
    let keys: Vec<bool> = calls(&first).iter().map(|call| call.key.is_some()).collect();
    assert_eq!(keys, [false, true]);
}
