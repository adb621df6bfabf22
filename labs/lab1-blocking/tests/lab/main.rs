//! Lab 1, end to end: as a process, over sockets.
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
mod lines;
