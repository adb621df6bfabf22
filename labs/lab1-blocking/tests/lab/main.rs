//! End-to-end tests of lab 1: the lab is a process, and the clients use sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

const LAB: &str = env!("CARGO_BIN_EXE_lab1-blocking");
const PONG: &str = "PONG\n";

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
mod lines;
#[path = "../../../../shared/testkit/suites/output.rs"]
mod output;
#[path = "../../../../shared/testkit/suites/raw.rs"]
mod raw;
#[path = "../../../../shared/testkit/suites/stop.rs"]
mod stop;

// `server.rs`, which is a part of the exercise's tests, looks for it here.
use exercise::protocol;
