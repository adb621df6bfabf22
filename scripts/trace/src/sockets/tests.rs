//! Tables of `ss` and what is said about them.

use super::*;

const ACCEPTED: &str =
    r#"ESTAB 0 0 127.0.0.1:6379 127.0.0.1:51001 users:(("lab1-blocking",pid=77,fd=4))"#;
const LISTENS: &str =
    r#"LISTEN 0 4096 127.0.0.1:6379 0.0.0.0:* users:(("lab1-blocking",pid=77,fd=3))"#;

/// What is said about such lines.
fn page(lines: &[&str]) -> String {
    let mut page = Vec::new();
    explain(lines.join("\n").as_bytes(), &mut page, 6379, Style::default()).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
fn a_table_begins_with_the_listening_socket() {
    assert_eq!(
        page(&["06:55:49.6", ACCEPTED, LISTENS, ""]),
        "
06:55:49.6
State      Recv-Q Send-Q  here            there            owner
LISTEN          0   4096  127.0.0.1:6379  0.0.0.0:*        pid 77, fd 3
           └ the listening socket: 0 waiting to be accepted; the program lets 4096 wait (its backlog)
ESTAB           0      0  127.0.0.1:6379  127.0.0.1:51001  pid 77, fd 4
           └ client 51001 is accepted: descriptor 4
"
    );
}

#[test]
fn a_table_that_tells_nothing_new_is_left_out() {
    let client_side = "ESTAB 0 0 127.0.0.1:51001 127.0.0.1:6379";
    let once = page(&["1", LISTENS, ACCEPTED, ""]);
    assert_eq!(page(&["1", LISTENS, ACCEPTED, "", "2", ACCEPTED, LISTENS, client_side, ""]), once);
    assert_eq!(page(&["1", LISTENS, ACCEPTED]), once, "it was cut off behind its last line");
    assert!(page(&["1", LISTENS, ACCEPTED, "", "2", LISTENS, ""]).contains("\n2\n"));
    assert_eq!(page(&["1", client_side]), "", "the server has no socket");
}

/// What is said about a socket beside those above.
fn said(socket: &str) -> String {
    let page = page(&[LISTENS, socket]);
    page.lines().last().unwrap().trim().to_owned()
}

#[test]
fn each_state_has_its_sentence() {
    for (socket, expected) in [
        (
            "ESTAB 9 0 127.0.0.1:6379 127.0.0.1:51002",
            "└ client 51002 is connected, and waits: nobody has accepted it; it has sent 9 bytes that nobody has read",
        ),
        (
            r#"ESTAB 1 70 [::ffff:127.0.0.1]:6379 [::ffff:127.0.0.1]:51002 users:(("a ,fd=x",pid=5,fd=6))"#,
            "└ client 51002 is accepted: descriptor 6; it has sent 1 byte that nobody has read; 70 bytes for it are on their way: it does not read them",
        ),
        (
            "CLOSE-WAIT 10 0 127.0.0.1:6379 127.0.0.1:51002",
            "└ client 51002 was never accepted and has left already; 9 bytes of it will be read all the same",
        ),
        (
            "SYN-RECV 0 0 127.0.0.1:6379 127.0.0.1:51002",
            "└ client 51002 has asked, and its handshake is not over: the queue is full",
        ),
        (
            "SYN-SENT 0 1 127.0.0.1:51002 127.0.0.1:6379",
            "└ client 51002 asks for a connection and gets no answer: the queue is full, it asks again after a second",
        ),
        ("TIME-WAIT 0 0 127.0.0.1:6379 127.0.0.1:51002", "└ client 51002: the connection is over"),
        ("NEW-STATE 0 0 127.0.0.1:6379 127.0.0.1:51002", "└ client 51002: NEW-STATE"),
    ] {
        assert_eq!(said(socket), expected);
    }
    let full = said("LISTEN 3 2 127.0.0.1:6379 127.0.0.1:0");
    assert!(full.contains("3 waiting to be accepted; the program lets 2 wait"), "{full}");
    assert!(full.ends_with("3: Linux lets one more wait than it is told"), "{full}");
}

#[test]
fn who_may_not_see_owners_hears_nothing_about_accepting() {
    let page = page(&["LISTEN 0 9 0.0.0.0:6379 0.0.0.0:*", "ESTAB 0 0 10.0.0.1:6379 10.0.0.2:7"]);
    assert!(page.contains("client 7 is connected (which program has it"), "{page}");
    assert!(!page.contains("accepted it"), "{page}");
}
