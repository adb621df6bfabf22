//! What the tests of lens and of its scripts share.

pub mod browser;
pub mod comparison;
pub mod recording;
pub mod sample;
pub mod script;

pub use testkit::root;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};

/// The folder with the programs of the labs, built. They are links of their own: another cargo that runs meanwhile
/// replaces the files in target/debug, and then nobody could read the symbols of a program that runs.
fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let packages = ["lab1-blocking", "lab2-resp", "lab3-multiclient", "lab4-fair"];
        let words = packages.iter().flat_map(|package| ["--package", package]);
        build(&[&["--bins"], &words.collect::<Vec<_>>()[..]].concat());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
        // They are of an earlier run.
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("examples")).unwrap();
        for package in packages {
            fs::hard_link(built(package), folder.join(package)).unwrap();
        }
        folder
    })
}

/// Where cargo puts a program.
fn built(name: &str) -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_lens")).with_file_name(name)
}

/// The program of a lab, built.
pub fn lab(package: &str) -> String {
    programs().join(package).to_str().unwrap().to_owned()
}

/// The folder of the programs, with an example of a lab in it.
pub fn with_example(package: &str, example: &str) -> PathBuf {
    static LINKING: Mutex<()> = Mutex::new(());
    let link = programs().join("examples").join(example);
    let _one_at_a_time = LINKING.lock().unwrap();
    if !link.exists() {
        build(&["--package", package, "--example", example]);
        fs::hard_link(built("examples").join(example), link).unwrap();
    }
    programs().to_owned()
}

fn build(words: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--locked"]).args(words).current_dir(root());
    assert!(cargo.status().unwrap().success());
}

/// Compares with a page that a person has looked at. `BLESS=1 cargo test -p lens --test lens` writes it again; then
/// look at it.
pub fn assert_page(name: &str, page: &str) {
    let path = root().join("scripts/lens/tests/lens/pages").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, page).unwrap();
    }
    assert_eq!(page, fs::read_to_string(path).unwrap(), "{name} differs");
}

/// Runs lens to its end.
pub fn lens(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lens")).args(words).stdin(Stdio::null()).output().unwrap()
}

/// All that a program has printed.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The processes that were started in this folder.
pub fn running_in(folder: &Path) -> Vec<PathBuf> {
    let folder = folder.canonicalize().unwrap();
    let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let is_here = |process: &PathBuf| {
        fs::read_link(process.join("cwd")).is_ok_and(|folder_of| folder_of == folder)
    };
    processes.filter(is_here).collect()
}

/// Waits for the first line with this in it, and returns it.
pub fn line_with(child: &mut Child, part: &str) -> String {
    let lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    lines.map(Result::unwrap).find(|line| line.contains(part)).unwrap()
}
