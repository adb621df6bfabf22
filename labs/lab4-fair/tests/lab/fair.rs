//! The lesson of lab 4: all clients share the one thread fairly. Lab 3 has the opposite of the first test, in
//! `starves.rs`.

use std::io::{BufRead as _, BufReader};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use testkit::{Lab, wait_until};

use crate::LAB;
use crate::buffers::set;

#[test]
fn a_busy_client_and_the_next_client_are_answered_in_turns() {
    const REQUESTS: usize = 7_500;
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let (mut busy, mut quiet) = (lab.connect(), lab.connect());
    // Both clients are connected. When the server continues, it reads the requests of `busy` first.
    quiet.ask("SET n 0\r\n", "+OK\r\n");
    busy.ask("PING\r\n", "+PONG\r\n");
    lab.pause();
    busy.send("INCR n\r\n".repeat(REQUESTS));
    quiet.send("GET n\r\n");
    lab.resume();
    let (_, number) = (quiet.read_line(), quiet.read_line());
    let number: usize = number.trim().parse().unwrap();
    assert!(number < REQUESTS / 2, "{number} requests of the busy client were answered first");
    let replies: String = (1..=REQUESTS).map(|n| format!(":{n}\r\n")).collect();
    busy.expect(replies);
}

#[test]
fn a_quiet_client_is_answered_while_one_client_floods_and_another_does_not_read() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let (mut not_reading, mut flooding) = (lab.connect(), lab.connect());
    let mut quiet = lab.connect();
    set(&mut not_reading, "v", &"x".repeat(1 << 20));
    not_reading.send("GET v\r\n".repeat(1000));
    // After this request, the read buffer is so large that one read could take half a million requests.
    set(&mut flooding, "large", &"x".repeat(3 << 20));
    let (is_done, replies) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut reading = flooding.clone_handle();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                flooding.send("PING\r\n".repeat(100_000));
            }
            flooding.finish();
        });
        scope.spawn(|| {
            while reading.read(7_000).len() == 7_000 {
                replies.fetch_add(1000, Ordering::Relaxed);
            }
        });
        for _ in 0..20 {
            let before = replies.load(Ordering::Relaxed);
            quiet.ask("PING\r\n", "+PONG\r\n");
            wait_until("the other client is still flooding", || {
                replies.load(Ordering::Relaxed) > before
            });
        }
        is_done.store(true, Ordering::Relaxed);
    });
    quiet.ask("PING\r\n", "+PONG\r\n");
}

#[test]
fn a_log_that_nobody_reads_does_not_stop_the_server() {
    let (lab, stderr) = Lab::start_with_unread_stderr(LAB);
    let mut peer = lab.connect();
    // The lab logs each request and each reply. These lines do not fit into a pipe.
    let long = "x".repeat(150);
    for _ in 0..30_000 {
        peer.ask(format!("ECHO {long}\r\n"), format!("$150\r\n{long}\r\n"));
    }
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(stderr).lines().map_while(Result::ok);
        lines.for_each(|line| _ = sender.send(line));
    });
    // Now the lines are read again. The next line says how many lines are missing.
    wait_until("the log says how many lines were dropped", || {
        peer.ask("PING\r\n", "+PONG\r\n");
        lines.try_iter().any(|line| line.contains("lines were dropped here"))
    });
}
