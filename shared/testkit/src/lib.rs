//! What the tests of several labs share.
//!
//! - [`Lab`]: a lab as a student runs it, as a process on a free port. It is killed at the end of the test.
//! - [`Redis`]: a real redis-server to compare with.
//! - [`Peer`]: a client that sends and receives raw bytes.
//! - [`Terminal`]: a terminal of its own, for a program that people use.
//! - [`anchors()`]: what a link to a heading of a page can name.
//! - [`check_help`]: whether `--help` of a program is whole.
//! - [`compare_with_redis`]: random requests to a lab and to Redis, whose replies must be the same.
//!
//! A test never sleeps for a fixed time. It waits for a line or for bytes, and fails after [`LIMIT`].
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

mod anchors;
mod differential;
mod help;
mod lab;
mod peer;
mod redis;
mod terminal;

pub use anchors::anchors;
pub use differential::compare_with_redis;
pub use help::{check_examples, check_help, script_examples};
pub use lab::{Ended, Lab, run};
pub use peer::Peer;
pub use redis::Redis;
pub use terminal::Terminal;

use std::time::Duration;

/// The longest wait for something that should happen at once.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The top folder of the kit.
#[must_use]
pub fn root() -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    folder.canonicalize().expect("it is there")
}

/// Waits until `condition` holds.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !condition() {
        assert!(started.elapsed() < LIMIT, "waited {LIMIT:?} and it did not happen: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
