//! The limit of lab 3: it is not fair. Lab 4 has the opposite of this test, in `fair.rs`.

use testkit::Lab;

use crate::LAB;

#[test]
fn all_requests_of_a_busy_client_are_answered_before_the_next_client() {
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
    quiet.expect("$4\r\n7500\r\n");
}

/// Lab 3 reads and closes one client after the other, so it has only one large buffer at a time. Lab 4 takes
/// turns and has a thousand. Afterwards the end of its heap may be a small block that is still in use (or that
/// glibc keeps for the thread), and then free memory before that block stays with the process.
#[test]
fn the_memory_of_half_requests_is_freed_when_the_clients_disconnect() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let mut peers: Vec<_> = (0..1000).map(|_| lab.connect()).collect();
    let half = vec![b'x'; 1 << 20];
    for peer in &mut peers {
        peer.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2097152\r\n").send(&half);
    }
    drop(peers);
    crate::buffers::expect_memory_freed(&lab);
}
