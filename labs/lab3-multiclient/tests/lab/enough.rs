//! How many clients are enough, and what the next one is told.

use testkit::{Lab, run};

use crate::LAB;

const REFUSAL: &str = "-ERR max number of clients reached\r\n";

#[test]
fn the_client_beyond_the_limit_is_told_and_hung_up_on_until_another_leaves() {
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
fn refused_clients_who_talk_at_once_and_read_nothing_hold_up_nobody() {
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
fn where_the_limit_of_open_files_cannot_be_raised_it_says_how_many_clients_it_has_room_for() {
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
fn redis_benchmark_is_told_the_reason() {
    let lab = Lab::start_with(LAB, &["--max-clients", "5", "--quiet"]);
    let port = lab.addr.port().to_string();
    let output = run("redis-benchmark", &["-p", &port, "-c", "20", "-n", "100", "-t", "ping"]);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(said.contains("max number of clients reached"), "{said}");
    lab.connect().ask("PING\r\n", "+PONG\r\n");
}
