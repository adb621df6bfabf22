//! The limit of clients: the next client gets an error and is disconnected.

use testkit::{Lab, run, wait_until};

use crate::LAB;

const REFUSAL: &str = "-ERR max number of clients reached\r\n";

#[test]
fn a_client_beyond_the_limit_is_refused_until_another_client_disconnects() {
    let lab = Lab::start_with(LAB, &["--max-clients", "2"]);
    let (mut first, mut second) = (lab.connect(), lab.connect());
    first.ask("PING\r\n", "+PONG\r\n");
    second.ask("PING\r\n", "+PONG\r\n");
    for _ in 0..100 {
        lab.connect().expect(REFUSAL).expect_closed();
    }
    first.ask("QUIT\r\n", "+OK\r\n").expect_closed();
    lab.connect().ask("PING\r\n", "+PONG\r\n");
    second.send("INFO\r\n").finish();
    let info = String::from_utf8(second.read(10_000)).unwrap();
    assert!(info.contains("maxclients:2\r\n"), "{info}");
    assert!(info.contains("rejected_connections:100\r\n"), "{info}");
    lab.wait_for_log("Connection refused for 127.0.0.1:");
}

#[test]
fn refused_clients_that_send_and_do_not_read_do_not_delay_other_clients() {
    let lab = Lab::start_with(LAB, &["--max-clients", "1", "--quiet"]);
    let mut served = lab.connect();
    served.ask("PING\r\n", "+PONG\r\n");
    for _ in 0..100 {
        lab.connect().send_until_closed("PING\r\n".repeat(1000));
        served.ask("PING\r\n", "+PONG\r\n");
    }
}

#[test]
fn the_limit_of_open_files_is_raised_for_the_clients() {
    let lab = Lab::start_below(&["prlimit", "--nofile=64:200"], LAB, &["--max-clients", "150"]);
    let mut peers: Vec<_> = (0..150).map(|_| lab.connect()).collect();
    for peer in &mut peers {
        peer.ask("PING\r\n", "+PONG\r\n");
    }
    lab.connect().expect(REFUSAL).expect_closed();
    assert!(!lab.log().contains("Room for"), "{}", lab.log());
}

#[test]
fn if_the_limit_of_open_files_cannot_be_raised_the_log_says_how_many_clients_fit() {
    let lab = Lab::start_below(&["prlimit", "--nofile=64:64"], LAB, &[]);
    lab.wait_for_log("Room for 32 clients and not 10000: this process may open 64 files.");
    let mut peers: Vec<_> = (0..32).map(|_| lab.connect()).collect();
    for peer in &mut peers {
        peer.ask("PING\r\n", "+PONG\r\n");
    }
    lab.connect().expect(REFUSAL).expect_closed();
    peers[0].ask("CONFIG GET maxclients\r\n", "*2\r\n$10\r\nmaxclients\r\n$2\r\n32\r\n");
}

#[test]
#[ignore = "needs redis-benchmark: scripts/test.sh installs it"]
fn redis_benchmark_prints_the_reason() {
    let lab = Lab::start_with(LAB, &["--max-clients", "5", "--quiet"]);
    let port = lab.addr.port().to_string();
    let output = run("redis-benchmark", &["-p", &port, "-c", "20", "-n", "100", "-t", "ping"]);
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(text.contains("max number of clients reached"), "{text}");
    // The server may not have seen yet that all of them have left.
    wait_until("a client is served again", || {
        let mut peer = lab.connect();
        // A client that is refused may be gone before it asks.
        peer.try_send("PING\r\n").is_ok() && peer.read(7) == b"+PONG\r\n"
    });
}
