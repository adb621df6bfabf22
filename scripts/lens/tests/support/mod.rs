//! What the tests of lens and of its scripts share.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test uses a part of it; and fails"
)]

pub mod browser;
pub mod recording;
pub mod sample;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The program of a lab, built.
pub fn lab(package: &str) -> String {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let packages = ["lab1-blocking", "lab2-resp", "lab3-multiclient"];
        let cargo = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked"])
            .args(packages.iter().flat_map(|package| ["--package", package]))
            .current_dir(root())
            .status()
            .unwrap();
        assert!(cargo.success());
    });
    let lens = Path::new(env!("CARGO_BIN_EXE_lens"));
    lens.with_file_name(package).to_str().unwrap().to_owned()
}

/// Runs lens to its end.
pub fn lens(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lens")).args(words).stdin(Stdio::null()).output().unwrap()
}

/// All that a program has printed.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
