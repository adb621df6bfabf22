//! `scripts/bench.sh`, run for real but for its cargo: a release build takes minutes, so it gets the
//! programs that the tests are built with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "where a test cannot go on, it fails")]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{lab, root, said};
use tempfile::TempDir;

/// Runs the script where `cargo` is this shell script, and what is built is there already.
fn bench_sh(place: &TempDir, cargo: Option<&str>, words: &[&str]) -> Output {
    let built = Path::new(&lab("lab3-multiclient")).parent().unwrap().to_owned();
    let bin = place.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for tool in ["bash", "basename", "dirname", "sed"] {
        symlink(Path::new("/usr/bin").join(tool), bin.join(tool)).unwrap();
    }
    if let Some(cargo) = cargo {
        fs::write(bin.join("cargo"), format!("#!/usr/bin/bash\n{cargo}\n")).unwrap();
        fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    symlink(built, place.path().join("release")).unwrap();
    let mut command = Command::new("/usr/bin/bash");
    command.arg(root().canonicalize().unwrap().join("scripts/bench.sh")).args(words);
    command.env("PATH", &bin).env("CARGO_TARGET_DIR", place.path());
    command.current_dir(place.path()).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn bench_sh_builds_and_measures_and_shows_each_command() {
    let place = TempDir::new().unwrap();
    let words = ["--quick", "--only", "mix-50", "--json", "here.json"];
    let output = bench_sh(&place, Some("exit 0"), &words);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "-p lab1-blocking -p lab2-resp -p lab3-multiclient -p lens --bins",
        "-p lab3-multiclient --example floor",
        "+ lens bench --quick --only mix-50 --json here.json",
        "+ lab3-multiclient bench --host 127.0.0.1 --port ",
        "SET and GET, 50 clients, our bench",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(place.path().join("here.json").exists());
}

#[test]
fn bench_sh_says_what_is_wrong_in_a_sentence() {
    for (cargo, words, code, sentence) in [
        (None, &["--quick"][..], 2, "bench.sh: Rust is not installed"),
        (Some("exit 101"), &["--quick"], 2, "bench.sh: the labs do not build"),
        (Some("exit 0"), &["--only", "no-such"], 2, "there is no load 'no-such'"),
        (None, &["--help"], 0, "What is measured:\n  get-50 "),
    ] {
        let place = TempDir::new().unwrap();
        let output = bench_sh(&place, cargo, words);
        assert!(said(&output).contains(sentence), "{}", said(&output));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(!place.path().join("report").exists());
    }
}
