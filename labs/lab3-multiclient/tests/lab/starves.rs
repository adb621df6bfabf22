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
