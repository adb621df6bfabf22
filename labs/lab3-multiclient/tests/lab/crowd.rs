//! Clients who take more than their share: nobody else notices, no memory fills, and nothing is lost.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use testkit::{Lab, Peer, wait_until};

use crate::LAB;

const REQUESTS: usize = 200_000;

fn set(peer: &mut Peer, key: &str, value: &str) {
    let (key_length, length) = (key.len(), value.len());
    let request = format!("*3\r\n$3\r\nSET\r\n${key_length}\r\n{key}\r\n${length}\r\n{value}\r\n");
    peer.ask(request, "+OK\r\n");
}

fn answered(peer: &mut Peer) -> usize {
    let line = peer.send("INCRBY n 0\r\n").read_line();
    line[1..].trim().parse().unwrap()
}

#[test]
fn a_client_that_does_not_read_takes_little_memory_and_gets_every_reply_in_order() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let value = "x".repeat(1024);
    let (mut deaf, mut other) = (lab.connect(), lab.connect());
    set(&mut other, "v", &value);
    let before = lab.memory("VmHWM");
    let mut sender = deaf.another_hand();
    let sending = thread::spawn(move || _ = sender.send("INCR n\r\nGET v\r\n".repeat(REQUESTS)));

    // It is answered until nobody can take more replies: not the client, not the kernel, not the outbox.
    let mut last = 0;
    wait_until("the server stops to answer", || {
        let now = answered(&mut other);
        now > 1000 && std::mem::replace(&mut last, now) == now
    });
    assert!(last < REQUESTS, "all were answered, and nobody has read");
    for n in 1..=REQUESTS {
        deaf.expect(format!(":{n}\r\n$1024\r\n{value}\r\n"));
    }
    sending.join().unwrap();
    let grown = lab.memory("VmHWM") - before;
    assert!(grown < 64 << 20, "{grown} bytes");
}

#[test]
fn room_for_one_huge_reply_is_given_back() {
    const HUGE: u64 = 64 << 20;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peer = lab.connect();
    set(&mut peer, "v", &"x".repeat(64 << 20));
    peer.send("GET v\r\n").read((64 << 20) + 13);
    peer.ask("DEL v\r\n", ":1\r\n");
    wait_until("the memory is given back", || lab.memory("VmRSS") < HUGE);
}

#[test]
fn clients_with_whom_all_is_settled_take_no_memory_for_buffers() {
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
fn a_quiet_client_is_answered_beside_one_that_floods_and_one_that_is_stuck() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let (mut stuck, mut flooding, mut quiet) = (lab.connect(), lab.connect(), lab.connect());
    set(&mut stuck, "v", &"x".repeat(1 << 20));
    stuck.send("GET v\r\n".repeat(1000));
    // Its inbox has grown: one read could bring half a million requests.
    set(&mut flooding, "large", &"x".repeat(3 << 20));
    let (is_over, replies) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut hearing = flooding.another_hand();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                flooding.send("PING\r\n".repeat(100_000));
            }
            flooding.finish();
        });
        scope.spawn(|| {
            while hearing.read(7_000).len() == 7_000 {
                replies.fetch_add(1000, Ordering::Relaxed);
            }
        });
        for _ in 0..20 {
            let before = replies.load(Ordering::Relaxed);
            quiet.ask("PING\r\n", "+PONG\r\n");
            wait_until("it is still flooding", || replies.load(Ordering::Relaxed) > before);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    quiet.ask("PING\r\n", "+PONG\r\n");
}
