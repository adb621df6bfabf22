//! Questions before a run: their data, how they are asked, and what runs say of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod asked;
mod data;
mod runs;

use harness::labs::{LABS, Lab};
use predict::predictions::{self, Prediction};
use testkit::root;

/// All labs with their questions.
fn all() -> Vec<(Lab, Vec<Prediction>)> {
    LABS.into_iter().map(|lab| (lab, predictions::read(&root(), lab).unwrap())).collect()
}
