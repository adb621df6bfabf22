//! Lab 3, end to end: as a process, over sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

const LAB: &str = env!("CARGO_BIN_EXE_lab3-multiclient");
/// As many as redis-benchmark has if it is told nothing.
const BENCHMARK_CLIENTS: &str = "50";

#[path = "../../../../shared/testkit/suites/bench.rs"]
mod bench;
#[path = "../../../../shared/testkit/suites/client.rs"]
mod client;
mod crowd;
mod enough;
#[path = "../../../../shared/testkit/suites/every_lab.rs"]
mod every_lab;
#[path = "../../../../shared/testkit/suites/hostile.rs"]
mod hostile;
mod like_redis;
mod many;
#[path = "../../../../shared/testkit/suites/real_clients.rs"]
mod real_clients;
#[path = "../../../../shared/testkit/suites/speaks_resp.rs"]
mod speaks_resp;
