//! What lines of strace mean.

use super::*;
use crate::strace::{Kind, parse};

/// Feeds lines to a table, and returns what each means in a few words.
fn meanings(lines: &[&str]) -> Vec<String> {
    let mut table = ConnectionTable::default();
    lines.iter().map(|line| meaning(&mut table, line)).collect()
}

fn meaning(table: &mut ConnectionTable, line: &str) -> String {
    let Kind::Call(call) = parse(line.as_bytes()).kind else { panic!("{line}") };
    let Attributed { client, event } = table.apply(&call);
    let client = client.map(|client| client.name.to_string()).unwrap_or_default();
    let event = match event {
        Event::Received(payload) | Event::Sent { payload, .. } => format!(
            "{}{}{:?} +{}{}",
            if payload.has_error { "error " } else { "" },
            if payload.continues { "continues " } else { "" },
            payload.items,
            payload.unfinished,
            if payload.is_lost { " lost" } else { "" }
        ),
        Event::Ready(ready) => format!(
            "woke {:?}",
            ready
                .iter()
                .map(|one| match &one.client {
                    Some(client) =>
                        format!("{}{}", client.name, if one.has_hung_up { " gone" } else { "" }),
                    None if one.is_listener => "listener".to_owned(),
                    None => "?".to_owned(),
                })
                .collect::<Vec<_>>()
        ),
        other => format!("{other:?}"),
    };
    format!("{client}: {event}")
}

const ACCEPT: &str = r#"accept4(3, {sa_family=AF_INET, sin_port=htons(40960), sin_addr=inet_addr("127.0.0.1")}, [128 => 16], SOCK_CLOEXEC) = 5"#;
const CLIENT: &str = "client 127.0.0.1:40960";

#[test]
fn a_client_of_lab_1_connects_asks_is_answered_and_closes() {
    let lines = [
        ACCEPT,
        r#"recvfrom(5, "SET name \"Alice B\"\n", 16384, 0, NULL, NULL) = 19"#,
        r#"sendto(5, "OK\n", 3, MSG_NOSIGNAL, NULL, 0) = 3"#,
        r#"recvfrom(5, "", 16384, 0, NULL, NULL) = 0"#,
        "close(5) = 0",
        r#"recvfrom(5, "PING\n", 16384, 0, NULL, NULL) = 5"#,
    ];
    assert_eq!(
        meanings(&lines),
        [
            format!("{CLIENT}: Accepted(5)"),
            format!(r#"{CLIENT}: ["SET name \"Alice B\""] +0"#),
            format!(r#"{CLIENT}: ["OK"] +0"#),
            format!("{CLIENT}: EndOfStream"),
            format!("{CLIENT}: Closed {{ fd: 5, is_listener: false }}"),
            r#"client on descriptor 5: ["PING"] +0"#.to_owned(),
        ]
    );
}

#[test]
fn several_commands_in_one_read_and_one_command_in_several_are_distinguished() {
    let lines = [
        ACCEPT,
        r#"recvfrom(5, "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n*2\r\n$3", 16384, 0, NULL, NULL) = 34"#,
        r#"recvfrom(5, "\r\nGET\r\n", 16384, 0, NULL, NULL) = 7"#,
        r#"recvfrom(5, "$4\r\nname\r\n", 16384, 0, NULL, NULL) = 10"#,
        r#"sendto(5, "+PONG\r\n+PONG\r\n$5\r\nAli", 22, MSG_NOSIGNAL, NULL, 0) = 21"#,
        r#"sendto(5, "ce\r\n", 4, MSG_NOSIGNAL, NULL, 0) = 4"#,
    ];
    assert_eq!(
        meanings(&lines)[1..],
        [
            format!(r#"{CLIENT}: ["PING", "PING"] +6"#),
            format!("{CLIENT}: continues [] +13"),
            format!(r#"{CLIENT}: continues ["GET name"] +0"#),
            format!(r#"{CLIENT}: ["PONG", "PONG"] +7"#),
            format!(r#"{CLIENT}: continues ["Alice"] +0"#),
        ]
    );
}

#[test]
fn a_long_value_of_which_the_trace_shows_the_start_does_not_confuse() {
    let lines = [
        ACCEPT,
        r#"recvfrom(5, "*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$1000\r\nxxxx"..., 512, 0, NULL, NULL) = 512"#,
        r#"recvfrom(5, "xxxxxxxx"..., 16384, 0, NULL, NULL) = 519"#,
        r#"recvfrom(5, "*1\r\n$4\r\nPING\r\n", 16384, 0, NULL, NULL) = 14"#,
        r#"sendto(5, "$1000\r\nxxxx"..., 1009, MSG_NOSIGNAL, NULL, 0) = 1009"#,
    ];
    assert_eq!(
        meanings(&lines)[1..],
        [
            format!("{CLIENT}: [] +512"),
            format!(r#"{CLIENT}: continues ["SET big xxxx................…(1000 bytes)"] +0"#),
            format!(r#"{CLIENT}: ["PING"] +0"#),
            format!(r#"{CLIENT}: ["xxxx................…(1000 bytes)"] +0"#),
        ]
    );
}

#[test]
fn what_cannot_be_known_is_said_to_be_lost_and_the_next_is_understood() {
    let lines = [
        ACCEPT,
        r#"recvfrom(5, "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPI"..., 16384, 0, NULL, NULL) = 140"#,
        r#"recvfrom(5, "*1\r\n$4\r\nPING\r\n", 16384, 0, NULL, NULL) = 14"#,
        r#"sendto(5, "$10000000\r\nxx"..., 10000013, MSG_NOSIGNAL, NULL, 0) = 10000013"#,
        r#"sendto(5, "+PONG\r\n", 7, MSG_NOSIGNAL, NULL, 0) = 7"#,
    ];
    let meanings = meanings(&lines);
    assert!(meanings[1].contains(r#"["PING""#) && meanings[1].ends_with("lost"), "{}", meanings[1]);
    assert_eq!(meanings[2], format!(r#"{CLIENT}: ["PING"] +0"#));
    assert!(meanings[3].ends_with("lost"), "{}", meanings[3]);
    assert_eq!(meanings[4], format!(r#"{CLIENT}: ["PONG"] +0"#));
}

#[test]
fn arrays_within_arrays_do_not_overflow_our_stack() {
    let nested = |depth: usize| {
        let (text, size) = (r"*1\r\n".repeat(depth), depth * 4 + 4);
        format!(r#"sendto(5, "{text}:1\r\n", {size}, MSG_NOSIGNAL, NULL, 0) = {size}"#)
    };
    let lines = [ACCEPT.to_owned(), nested(128), nested(300_000), nested(1)];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let meanings = meanings(&lines);
    assert!(meanings[1].contains("[[[[1]]]]"), "{}", meanings[1]);
    assert!(meanings[2].ends_with("[] +0 lost"), "{}", meanings[2]);
    assert_eq!(meanings[3], format!(r#"{CLIENT}: ["[1]"] +0"#));
}

#[test]
fn errors_and_bytes_that_are_no_command_are_noticed() {
    let lines = [
        ACCEPT,
        r#"recvfrom(5, "*1\r\n+OK\r\n", 16384, 0, NULL, NULL) = 9"#,
        r#"sendto(5, "-ERR no\r\n", 9, MSG_NOSIGNAL, NULL, 0) = 9"#,
        "recvfrom(5, 0x7ffc, 16384, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
        r#"sendto(5, "x", 1, MSG_NOSIGNAL, NULL, 0) = -1 EAGAIN (Resource temporarily unavailable)"#,
        r#"sendto(5, "x", 1, MSG_NOSIGNAL, NULL, 0) = -1 EPIPE (Broken pipe)"#,
        "accept4(3, 0x7ffe, [128], SOCK_CLOEXEC) = -1 EAGAIN (Resource temporarily unavailable)",
        "accept4(3, 0x7ffe, [128], SOCK_CLOEXEC) = ? ERESTARTSYS (To be restarted)",
        "accept4(3,  <unfinished ...>) = ?",
    ];
    let meanings = meanings(&lines);
    assert!(meanings[1].starts_with(&format!("{CLIENT}: error")), "{}", meanings[1]);
    assert_eq!(meanings[2], format!(r#"{CLIENT}: error ["ERR no"] +0"#));
    let rest: Vec<&str> =
        meanings[3..].iter().map(|text| text.rsplit(": ").next().unwrap()).collect();
    assert_eq!(
        rest,
        ["NothingToRead", "SendBufferFull", "Failed", "QueueEmpty", "Interrupted", "NeverReturned"]
    );
}

#[test]
fn epoll_says_which_client_by_the_number_it_was_given() {
    let lines = [
        "listen(3<TCP:[127.0.0.1:39701]>, 511) = 0",
        "epoll_create1(EPOLL_CLOEXEC) = 4",
        "epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN|EPOLLET, data={u32=4294967295, u64=18446744073709551615}}) = 0",
        ACCEPT,
        "epoll_ctl(4, EPOLL_CTL_ADD, 5, {events=EPOLLIN|EPOLLET, data={u32=0, u64=0}}) = 0",
        "epoll_wait(4, [{events=EPOLLIN, data={u32=4294967295, u64=18446744073709551615}}, {events=EPOLLIN|EPOLLRDHUP, data={u32=0, u64=0}}], 1024, 5000) = 2",
        "epoll_wait(4, [], 1024, 5000) = 0",
        "close(5) = 0",
        "epoll_wait(4, [{events=EPOLLIN, data={u32=0, u64=0}}], 1024, 5000) = 1",
    ];
    let meanings = meanings(&lines);
    assert_eq!(meanings[2], ": Interest(Added(3))");
    assert_eq!(meanings[4], format!("{CLIENT}: Interest(Added(5))"));
    assert_eq!(meanings[5], format!(r#": woke ["listener", "{CLIENT} gone"]"#));
    assert_eq!(meanings[6], ": NoneReady(Some(5s))");
    assert_eq!(meanings[8], r#": woke ["?"]"#);
}

#[test]
fn labels_tell_who_is_there_when_the_log_begins_in_the_middle() {
    let lines = [
        r#"recvfrom(7<TCP:[127.0.0.1:41585->127.0.0.1:49186]>, "GET a\n", 16384, 0, NULL, NULL) = 6"#,
        r#"read(9</etc/passwd>, "root", 4096) = 4"#,
        r#"write(1</dev/pts/0>, "ready\n", 6) = 6"#,
        r#"write(7<TCP:[127.0.0.1:41585->127.0.0.1:49186]>, "1\n", 2) = 2"#,
    ];
    assert_eq!(
        meanings(&lines),
        [
            r#"client 127.0.0.1:49186: ["GET a"] +0"#,
            ": Background",
            ": Wrote { fd: 1, text: [114, 101, 97, 100, 121, 10], is_cut: false }",
            r#"client 127.0.0.1:49186: ["1"] +0"#,
        ]
    );
}

#[test]
fn labels_tell_the_client_of_a_process_that_has_descriptors_of_its_own() {
    let lines = [
        ACCEPT,
        "close(5) = 0",
        "accept4(3, {sa_family=AF_INET, sin_port=htons(40961), sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16], 0) = 5",
        r#"recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40960]>, "GET a\n", 16384, 0, NULL, NULL) = 6"#,
        r#"recvfrom(5<TCP:[127.0.0.1:6379->127.0.0.1:40961]>, "GET b\n", 16384, 0, NULL, NULL) = 6"#,
    ];
    let meanings = meanings(&lines);
    assert_eq!(meanings[3], r#"client 127.0.0.1:40960: ["GET a"] +0"#);
    assert_eq!(meanings[4], r#"client 127.0.0.1:40961: ["GET b"] +0"#);
}

#[test]
fn clients_have_the_names_that_they_gave_themselves() {
    let mut table = ConnectionTable::new([(40960, "A".to_owned())].into());
    assert!(meaning(&mut table, ACCEPT).starts_with("client A: "));
    assert!(table.serves(40960));
    assert!(!table.serves(40961));
    assert_eq!(table.clients(), 1);
}

#[test]
fn every_error_of_lab_1_is_noticed_and_no_other_line() {
    let lines = [
        ACCEPT,
        r#"sendto(5, "OOM no\n", 7, MSG_NOSIGNAL, NULL, 0) = 7"#,
        r#"sendto(5, "ERRATIC\n", 8, MSG_NOSIGNAL, NULL, 0) = 8"#,
    ];
    let meanings = meanings(&lines);
    assert_eq!(meanings[1], format!(r#"{CLIENT}: error ["OOM no"] +0"#));
    assert_eq!(meanings[2], format!(r#"{CLIENT}: ["ERRATIC"] +0"#));
}

#[test]
fn replies_of_resp3_are_decoded() {
    let reply = r#"sendto(5, "%1\r\n#t\r\n~2\r\n,1.5\r\n(99\r\n", 23, MSG_NOSIGNAL, NULL, 0) = 23"#;
    assert_eq!(meanings(&[ACCEPT, reply])[1], format!(r#"{CLIENT}: ["{{true, [1.5, 99]}}"] +0"#));
}

#[test]
fn a_call_cannot_wait_on_a_socket_that_is_non_blocking_or_with_a_timeout_of_0() {
    let mut table = ConnectionTable::default();
    for (line, may_wait) in [
        ("accept4(3, NULL, NULL, SOCK_CLOEXEC) = 4", true),
        (r#"recvfrom(4, "", 16384, 0, NULL, NULL) = 0"#, true),
        (r#"recvfrom(4, "", 16384, MSG_DONTWAIT, NULL, NULL) = 0"#, false),
        ("ioctl(3<TCP:[127.0.0.1:6379]>, FIONBIO, [1]) = 0", true),
        (ACCEPT, false),
        (&ACCEPT.replace("SOCK_CLOEXEC", "SOCK_CLOEXEC|SOCK_NONBLOCK"), false),
        (r#"sendto(5, "OK", 2, MSG_NOSIGNAL, NULL, 0) = 2"#, false),
        ("epoll_wait(6<anon_inode:[eventpoll]>, [], 1024, 0) = 0", false),
        ("epoll_wait(6<anon_inode:[eventpoll]>, [], 1024, -1) = 0", true),
        ("poll([{fd=3, events=POLLIN}], 1, 0) = 0 (Timeout)", false),
    ] {
        let Kind::Call(call) = parse(line.as_bytes()).kind else { panic!("{line}") };
        assert_eq!(table.may_wait(&call), may_wait, "{line}");
        table.apply(&call);
    }
}
