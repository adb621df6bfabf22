//! Lab 2, end to end: as a process, over sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

const LAB: &str = env!("CARGO_BIN_EXE_lab2-resp");
/// redis-benchmark waits for all of its clients at once, and keeps each connected until the end. A server
/// that serves one client until it leaves can work for one such client only.
const BENCHMARK_CLIENTS: &str = "1";
const PONG: &str = "+PONG\r\n";

#[path = "../../../../shared/testkit/suites/bench.rs"]
mod bench;
#[path = "../../../../shared/testkit/suites/blocking.rs"]
mod blocking;
#[path = "../../../../shared/testkit/suites/client.rs"]
mod client;
#[path = "../../../../shared/testkit/suites/every_lab.rs"]
mod every_lab;
#[path = "../../../../shared/testkit/suites/hostile.rs"]
mod hostile;
#[path = "../../../../shared/testkit/suites/real_clients.rs"]
mod real_clients;
#[path = "../../../../shared/testkit/suites/speaks_resp.rs"]
mod speaks_resp;
