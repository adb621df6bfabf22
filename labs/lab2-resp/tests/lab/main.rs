//! End-to-end tests of lab 2: the lab is a process, and the clients use sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

const LAB: &str = env!("CARGO_BIN_EXE_lab2-resp");
/// redis-benchmark keeps all its clients connected until the end. A server that serves one client at a time
/// can serve only one of them.
const BENCHMARK_CLIENTS: &str = "1";
const PONG: &str = "+PONG\r\n";

#[path = "../../../../shared/testkit/suites/bench.rs"]
mod bench;
#[path = "../../../../shared/testkit/suites/blocking.rs"]
mod blocking;
#[path = "../../../../shared/testkit/suites/client.rs"]
mod client;
mod decoder;
#[path = "../../../../shared/testkit/suites/every_lab.rs"]
mod every_lab;
#[path = "../../exercise/tests.rs"]
mod exercise;
#[path = "../../../../shared/testkit/suites/hostile.rs"]
mod hostile;
#[path = "../../../../shared/testkit/suites/like_redis.rs"]
mod like_redis;
#[path = "../../../../shared/testkit/suites/like_redis_cli.rs"]
mod like_redis_cli;
#[path = "../../../../shared/testkit/suites/output.rs"]
mod output;
#[path = "../../../../shared/testkit/suites/raw.rs"]
mod raw;
#[path = "../../../../shared/testkit/suites/real_clients.rs"]
mod real_clients;
#[path = "../../../../shared/testkit/suites/resp.rs"]
mod resp;
#[path = "../../../../shared/testkit/suites/stop.rs"]
mod stop;
#[path = "../../../../shared/testkit/suites/terminal.rs"]
mod terminal;
