//! The lesson of labs 3 and 4: the server serves many clients at the same time. `blocking.rs` has the
//! opposite of each lesson, for labs 1 and 2.

use testkit::{Lab, Peer};

use crate::LAB;

#[test]
fn the_second_client_is_answered_while_the_first_is_silent() {
    let lab = Lab::start(LAB);
    let mut first = lab.connect();
    first.ask("SET user1 Alice\r\n", "+OK\r\n");
    let mut second = lab.connect();
    second
        .ask("SET user2 Bob\r\n", "+OK\r\n")
        .ask("GET user2\r\n", "$3\r\nBob\r\n")
        .ask("GET user1\r\n", "$5\r\nAlice\r\n");
    first.ask("GET user2\r\n", "$3\r\nBob\r\n");
}

#[test]
fn a_key_expires_on_time_without_a_command() {
    let lab = Lab::start(LAB);
    lab.connect().ask("SET name Alice PX 20\r\n", "+OK\r\n");
    lab.wait_for_log("Connection closed");
    lab.wait_for_log("Key expired and removed: name\n");
}

#[test]
fn five_hundred_clients_share_one_store() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peers: Vec<Peer> = (0..500).map(|_| lab.connect()).collect();
    for peer in &mut peers {
        peer.send("INCR n\r\n");
    }
    let mut replies: Vec<String> = peers.iter_mut().map(Peer::read_line).collect();
    replies.sort_by_key(|reply| reply[1..].trim().parse::<u32>().unwrap());
    let expected: Vec<String> = (1..=500).map(|n| format!(":{n}\r\n")).collect();
    assert_eq!(replies, expected);
    peers[7].ask("GET n\r\n", "$3\r\n500\r\n");
}

#[test]
fn half_a_request_of_one_client_does_not_delay_another_client() {
    let lab = Lab::start(LAB);
    let mut slow = lab.connect();
    slow.send("*2\r\n$3\r\nGET\r\n$4\r\nna");
    lab.connect().ask("SET name Alice\r\n", "+OK\r\n");
    slow.ask("me\r\n", "$5\r\nAlice\r\n");
}

#[test]
fn a_client_that_does_not_read_does_not_delay_another_client_and_loses_no_reply() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let value = "x".repeat(1 << 20);
    let mut not_reading = lab.connect();
    not_reading
        .ask(format!("*3\r\n$3\r\nSET\r\n$1\r\nv\r\n${}\r\n{value}\r\n", value.len()), "+OK\r\n");
    // 200 MB of replies: more than the kernel's buffers and the write buffer can hold together.
    not_reading.send("GET v\r\n".repeat(200)).send("PING\r\n");
    lab.connect().ask("PING\r\n", "+PONG\r\n").ask("STRLEN v\r\n", ":1048576\r\n");
    for _ in 0..200 {
        not_reading.expect(format!("${}\r\n{value}\r\n", value.len()));
    }
    not_reading.expect("+PONG\r\n");
}

#[test]
fn client_list_shows_every_connected_client() {
    let lab = Lab::start(LAB);
    let mut first = lab.connect();
    first.ask("CLIENT SETNAME first\r\n", "+OK\r\n").ask("CLIENT ID\r\n", ":1\r\n");
    let mut second = lab.connect();
    second.ask("CLIENT SETINFO lib-name testkit\r\n", "+OK\r\n").send("CLIENT LIST\r\n").finish();
    let list = String::from_utf8(second.read(10_000)).unwrap();
    let clients: Vec<&str> = list.lines().filter(|line| line.starts_with("id=")).collect();
    assert_eq!(clients.len(), 2, "{list}");
    assert!(clients[0].contains(&format!("addr={}", first.local_addr())), "{list}");
    assert!(clients[0].contains("name=first"), "{list}");
    assert!(clients[1].contains("lib-name=testkit"), "{list}");
}

#[test]
fn the_load_generator_shows_that_clients_are_served_at_the_same_time() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let args = ["--clients", "8", "--requests", "8000", "--json"];
    let figures = crate::bench::figures(&crate::bench::bench(&lab, &args));
    assert!(figures["most_clients_served_at_once"].as_u64().unwrap() > 1, "{figures}");
    assert_eq!(figures["answered"], 8000, "{figures}");
}

#[test]
fn only_silent_clients_are_disconnected() {
    let lab = Lab::start_with(LAB, &["--quiet", "--idle-timeout", "1"]);
    let (silent, mut active) = (lab.connect(), lab.connect());
    let ended = format!("Connection closed for {}: idle", silent.local_addr());
    while !lab.log().contains(&ended) {
        active.ask("PING\r\n", "+PONG\r\n");
    }
    active.ask("PING\r\n", "+PONG\r\n");
    assert_eq!(lab.log().matches("idle").count(), 1, "{}", lab.log());
}
