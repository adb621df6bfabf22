//! Questions about a run of one's own server: no key is wrong, and each wrong answer is marked wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod asked;
mod command;
mod gdb;
mod recorded;

use std::path::PathBuf;

use grade::own::Kit;
use harness::labs::Lab;
use predict::mine::runs::Runs;
use predict::mine::subject::Subject;
use testkit::root;

fn kit() -> Kit {
    Kit::new(root())
}

/// A lab of the kit whose program is not needed: its runs are recorded already.
fn subject(lab: Lab) -> Subject {
    Subject::new(&kit(), lab, PathBuf::new()).unwrap()
}

/// The folder of the recordings of a lab, in the repository.
fn recordings(lab: Lab) -> PathBuf {
    kit().lab(lab).join("recordings")
}

fn recorded(lab: Lab) -> Runs {
    Runs::read(lab, &recordings(lab)).unwrap()
}
