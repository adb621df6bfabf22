//! What the tests of the film share.

pub mod made;
pub mod state;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use lens::view::Recorded;
use replay::film::Film;
pub use testkit::root;

/// The film of a recording of this kit.
pub fn film(folder: &Path) -> Film {
    Film::new(&Recorded::read(folder).unwrap(), &root())
}

/// The packages of the labs.
pub const LABS: [&str; 4] = ["lab1-blocking", "lab2-resp", "lab3-multiclient", "lab4-fair"];

/// The program of a lab, built. It is a link of its own: another cargo may replace the file in target/debug meanwhile.
pub fn lab(package: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let words = LABS.iter().flat_map(|package| ["--package", package]);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--locked", "--bins"]).args(words).current_dir(root());
        assert!(cargo.status().unwrap().success());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replayed");
        // They are of an earlier run.
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for package in LABS {
            let built = Path::new(env!("CARGO_BIN_EXE_replay")).with_file_name(package);
            fs::hard_link(built, folder.join(package)).unwrap();
        }
        folder
    });
    folder.join(package)
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
