//! What the tests of the film share.

pub mod made;
pub mod state;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lens::view::Recorded;
use replay::film::Film;
pub use testkit::root;

/// The film of a recording of this kit.
pub fn film(folder: &Path) -> Film {
    Film::new(&Recorded::read(folder).unwrap(), &root())
}

/// The recordings that are in the repository.
pub fn recordings() -> Vec<PathBuf> {
    let labs = folders(&root().join("labs")).into_iter().map(|lab| lab.join("recordings"));
    let others = folders(&root().join("scripts/lens/recordings")).into_iter();
    let all: Vec<PathBuf> = labs.chain(others).flat_map(|place| folders(&place)).collect();
    assert!(all.len() > 25, "{all:?}");
    all
}

fn folders(place: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Runs the program to its end.
pub fn replay(words: &[&str], place: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
    command.args(words).current_dir(place).stdin(Stdio::null()).output().unwrap()
}

/// All that a program has printed.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
