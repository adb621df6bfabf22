use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use harness::scenario::Failure;
use harness::snapshot::{Client, Threads};

use super::*;
use crate::judge::{Problem, Wrong};
use crate::report;

const STEP: &str = r##"
name = "a"
title = "A"
read = "#a"
hints = []
client = [{ name = "A", actions = ["connect"] }, { name = "B", actions = ["connect"] }]

[[cause]]
when = "differs"
client = "B"
got = '\xff'
expected = "$"
say = "named"
"##;

fn stopped(kind: FailureKind, expected: &[u8], got: &[u8]) -> Stopped {
    Stopped {
        client: "B".to_owned(),
        failure: Failure {
            action: String::new(),
            kind,
            expected: expected.into(),
            got: got.into(),
            waited: Duration::ZERO,
        },
        snapshot: None,
        ended: None,
        said: Vec::new(),
    }
}

fn snapshot(thread: Thread, state: ClientState) -> Snapshot {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 4242));
    Snapshot {
        at: Instant::now(),
        thread,
        voluntary: 0,
        involuntary: 0,
        ticks: 0,
        threads: Threads { serving: 1, ..Threads::default() },
        addr: None,
        queue: 0,
        clients: vec![Client { addr, state, inode: 1, receive_queue: 0, send_queue: 0 }],
    }
}

fn cause(stopped: &Stopped) -> Option<String> {
    let step: Step = toml::from_str(STEP).unwrap();
    of(&step, stopped, Protocol::Resp)
}

#[test]
fn a_named_cause_comes_first_if_all_of_it_fits() {
    let fits = stopped(FailureKind::Differs, b"$1\r\na\r\n", b"\xff\r\n");
    assert_eq!(cause(&fits).unwrap(), "named");
    let other_client = Stopped { client: "A".to_owned(), ..fits };
    assert!(cause(&other_client).unwrap().contains("'$' is a value. Yours begins with"));
    for (expected, got) in [(&b"$1\r\na\r\n"[..], &b"+\r\n"[..]), (b":1\r\n", b"\xff\r\n")] {
        assert_ne!(cause(&stopped(FailureKind::Differs, expected, got)).unwrap(), "named");
    }
}

#[test]
fn a_server_that_has_ended_is_told_apart_by_how_it_ended() {
    let mut stopped = stopped(FailureKind::Closed, b"+OK\r\n", b"");
    assert!(cause(&stopped).unwrap().contains("in place of a reply"));
    for (status, part) in [("exit status: 0", "in a loop"), ("exit status: 101", "a panic")] {
        stopped.ended = Some((status.to_owned(), Vec::new()));
        assert!(cause(&stopped).unwrap().contains(part));
    }
}

#[test]
fn what_the_server_does_tells_why_nothing_comes() {
    let asleep = |call| Thread::Asleep { call: Some(call), on: None };
    for (thread, state, part) in [
        (Thread::Running, ClientState::Idle, "does not end"),
        (Thread::Running, ClientState::HalfClosed, "0 bytes is the end"),
        (asleep("accept4"), ClientState::Idle, "waits for a new client"),
        (asleep("recvfrom"), ClientState::Awaited, "waits for more"),
        (asleep("sendto"), ClientState::Awaited, "takes its replies"),
        (asleep("epoll_wait"), ClientState::Idle, "until something happens"),
        (asleep("futex"), ClientState::Queued, "has not accepted"),
    ] {
        let mut stopped = stopped(FailureKind::NoReply, b"+OK\r\n", b"");
        stopped.snapshot = Some(snapshot(thread, state));
        let cause = cause(&stopped).unwrap();
        assert!(cause.contains(part), "{cause}");
    }
    let mut refused = stopped(FailureKind::Refused, b"", b"");
    assert_eq!(cause(&refused), None);
    refused.snapshot = Some(snapshot(asleep("futex"), ClientState::Queued));
    assert!(cause(&refused).unwrap().contains("queue is full"));
}

#[test]
fn what_a_server_says_cannot_move_the_cursor() {
    let step: Step = toml::from_str(STEP).unwrap();
    let by_reply = stopped(FailureKind::Differs, b"$1\r\na\r\n", b"$\x1b[2J\r\n");
    let said = vec!["`\x1b[2J` is not written yet".to_owned()];
    let by_log = Stopped { said, ..stopped(FailureKind::NoReply, b"", b"") };
    for stopped in [by_reply, by_log] {
        let wrong = Wrong { happened: Vec::new(), what: Problem::Client(Box::new(stopped)) };
        let cause = report::cause(&step, &wrong, Protocol::Resp).unwrap();
        assert!(cause.contains(r"\u{1b}[2J"), "{cause:?}");
    }
}
