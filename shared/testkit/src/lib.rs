//! What the tests of the labs stand on.
//!
//! [`Lab`] is a lab as a student runs it: a process of its own, on a free port, gone at the end of the
//! test whatever happens, and [`Redis`] the real one to compare with. [`Peer`] is a bare socket: raw bytes both ways. Nothing here sleeps for a
//! while and hopes: it waits for a line or for bytes, and after [`LIMIT`] it gives up.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

mod lab;
mod peer;
mod redis;

pub use lab::{Ended, Lab, run};
pub use peer::Peer;
pub use redis::Redis;

use std::time::Duration;

/// When something that should happen at once has not happened by now, it never will.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Waits until `condition` holds.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !condition() {
        assert!(started.elapsed() < LIMIT, "waited {LIMIT:?} and it did not happen: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
