//! The buffers of an event loop: their memory has a limit and is freed, and no reply is lost.

use std::thread;

use testkit::{Lab, Peer, wait_until};

use crate::LAB;

const REQUESTS: usize = 200_000;

/// Sets a key, and waits for the reply.
pub fn set(peer: &mut Peer, key: &str, value: &str) {
    let (key_length, length) = (key.len(), value.len());
    let request = format!("*3\r\n$3\r\nSET\r\n${key_length}\r\n{key}\r\n${length}\r\n{value}\r\n");
    peer.ask(request, "+OK\r\n");
}

/// The number of INCR commands that the server has executed.
fn executed(peer: &mut Peer) -> usize {
    let line = peer.send("INCRBY n 0\r\n").read_line();
    line[1..].trim().parse().unwrap()
}

#[test]
fn a_client_that_does_not_read_takes_little_memory_and_gets_every_reply_in_order() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let value = "x".repeat(1024);
    let (mut not_reading, mut other) = (lab.connect(), lab.connect());
    set(&mut other, "v", &value);
    let before = lab.memory("VmHWM");
    let mut sender = not_reading.clone_handle();
    let sending = thread::spawn(move || _ = sender.send("INCR n\r\nGET v\r\n".repeat(REQUESTS)));

    // The server answers until the write buffer has reached its limit.
    let mut last = 0;
    wait_until("the server stops answering", || {
        let now = executed(&mut other);
        now > 1000 && std::mem::replace(&mut last, now) == now
    });
    assert!(last < REQUESTS, "the server answered every request, but the client read no reply");
    for n in 1..=REQUESTS {
        not_reading.expect(format!(":{n}\r\n$1024\r\n{value}\r\n"));
    }
    sending.join().unwrap();
    let grown = lab.memory("VmHWM") - before;
    assert!(grown < 64 << 20, "{grown} bytes");
}

#[test]
fn the_memory_of_one_huge_reply_is_freed() {
    const HUGE: u64 = 64 << 20;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peer = lab.connect();
    set(&mut peer, "v", &"x".repeat(64 << 20));
    peer.send("GET v\r\n").read((64 << 20) + 13);
    peer.ask("DEL v\r\n", ":1\r\n");
    wait_until("the memory is freed", || lab.memory("VmRSS") < HUGE);
}

#[test]
fn clients_without_pending_requests_have_no_memory_for_buffers() {
    const CLIENTS: u64 = 400;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    lab.connect().ask("PING\r\n", "+PONG\r\n");
    let before = lab.memory("VmRSS");
    let mut peers: Vec<_> = (0..CLIENTS).map(|_| lab.connect()).collect();
    for peer in &mut peers {
        set(peer, "v", &"x".repeat(100));
        peer.ask("GET v\r\n", format!("$100\r\n{}\r\n", "x".repeat(100)));
    }
    let each = (lab.memory("VmRSS") - before) / CLIENTS;
    assert!(each < 4 << 10, "{each} bytes a client");
}

#[test]
fn the_last_request_of_a_client_that_does_not_read_is_executed() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let (mut not_reading, mut other) = (lab.connect(), lab.connect());
    set(&mut other, "v", &"x".repeat(1 << 20));
    // 14 MiB of replies: more than the kernel takes, less than the server keeps.
    not_reading.send("GET v\r\n".repeat(14)).send("SET done 1\r\n");
    wait_until("the last request is executed", || {
        other.send("EXISTS done\r\n");
        other.read(4) == b":1\r\n"
    });
}

/// The memory that a server may keep after all clients have disconnected, in bytes.
const MAX_RETAINED: u64 = 64 << 20;

#[track_caller]
pub fn expect_memory_freed(lab: &Lab) {
    let mut peer = lab.connect();
    for _ in 0..1000 {
        peer.ask("PING\r\n", "+PONG\r\n");
    }
    wait_until("the memory is freed", || lab.memory("VmRSS") < MAX_RETAINED);
}

#[test]
fn the_memory_of_large_requests_is_freed() {
    const SIZE: usize = 32 << 20;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peers: Vec<_> = (0..16).map(|_| lab.connect()).collect();
    let quarter = vec![b'x'; SIZE / 4];
    for (number, peer) in peers.iter_mut().enumerate() {
        peer.send(format!("*3\r\n$3\r\nSET\r\n$2\r\n{number:02}\r\n${SIZE}\r\n"));
    }
    // In turns, so that all buffers grow at the same time.
    for _ in 0..4 {
        for peer in &mut peers {
            peer.send(&quarter);
        }
    }
    for peer in &mut peers {
        peer.ask("\r\n", "+OK\r\n");
    }
    peers[0].ask("FLUSHALL\r\n", "+OK\r\n");
    drop(peers);
    expect_memory_freed(&lab);
}

#[test]
fn the_memory_of_refused_requests_is_freed() {
    const SIZE: usize = 100 << 20;
    // One request has room in this limit, but not beside what is stored already.
    let lab = Lab::start_with(LAB, &["--quiet", "--max-memory", "101mb"]);
    set(&mut lab.connect(), "stored", &"x".repeat(SIZE / 10));
    let mut peers: Vec<_> = (0..16).map(|_| lab.connect()).collect();
    let quarter = vec![b'x'; SIZE / 4];
    for peer in &mut peers {
        peer.send(format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${SIZE}\r\n"));
    }
    // In turns, so that all buffers grow at the same time.
    for _ in 0..4 {
        for peer in &mut peers {
            peer.send(&quarter);
        }
    }
    for peer in &mut peers {
        peer.ask("\r\n", "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
    }
    expect_memory_freed(&lab);
}
