//! End-to-end tests of lab 3: the lab is a process, and the clients use sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

const LAB: &str = env!("CARGO_BIN_EXE_lab3-multiclient");
/// The default of redis-benchmark.
const BENCHMARK_CLIENTS: &str = "50";
const PONG: &str = "+PONG\r\n";

#[path = "../../../../shared/testkit/suites/bench.rs"]
mod bench;
#[path = "../../../../shared/testkit/suites/buffers.rs"]
mod buffers;
#[path = "../../../../shared/testkit/suites/client.rs"]
mod client;
#[path = "../../../../shared/testkit/suites/concurrent.rs"]
mod concurrent;
#[path = "../../../../shared/testkit/suites/every_lab.rs"]
mod every_lab;
#[path = "../../exercise/tests.rs"]
mod exercise;
#[path = "../../../../shared/testkit/suites/hostile.rs"]
mod hostile;
#[path = "../../../../shared/testkit/suites/like_redis.rs"]
mod like_redis;
#[path = "../../../../shared/testkit/suites/max_clients.rs"]
mod max_clients;
#[path = "../../../../shared/testkit/suites/output.rs"]
mod output;
#[path = "../../../../shared/testkit/suites/raw.rs"]
mod raw;
#[path = "../../../../shared/testkit/suites/real_clients.rs"]
mod real_clients;
#[path = "../../../../shared/testkit/suites/resp.rs"]
mod resp;
mod starves;
#[path = "../../../../shared/testkit/suites/stop.rs"]
mod stop;
