//! The student's own lab: what is made from each lab of the kit, and that nothing of the student's is ever lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod course;
mod student;

use testkit::root;
