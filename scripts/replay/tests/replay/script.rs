//! `scripts/replay.sh` and `scripts/lens.sh replay`, run for real but for their cargo: it gives them the program that the tests
//! are built with.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use testkit::{Terminal, wait_until};

use crate::support::{root, said};

/// Makes a program of the shell in `place/bin`, and returns a PATH on which it comes first.
fn program(place: &Path, name: &str, does: &str) -> String {
    let bin = place.join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join(name), format!("#!/bin/sh\n{does}\n")).unwrap();
    fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

/// Makes a `cargo` that says that the program is built.
fn cargo(place: &Path) -> String {
    let built = env!("CARGO_BIN_EXE_replay");
    let line = format!(r#"{{"target":{{"name":"replay"}},"executable":"{built}"}}"#);
    program(place, "cargo", &format!("echo '{line}'"))
}

/// Runs a script of the kit.
fn script(name: &str, place: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(root().join("scripts").join(name));
    command.args(words).env("PATH", cargo(place)).env("CARGO_TARGET_DIR", place.join("target"));
    command.current_dir(place).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn recordings_of_two_labs_become_one_file_without_any_tool() {
    let place = TempDir::new().unwrap();
    let output = script("replay.sh", place.path(), &["lab1", "lab3", "--recorded", "-o", "a.html"]);
    assert!(output.status.success(), "{}", said(&output));
    let page = fs::read_to_string(place.path().join("a.html")).unwrap();
    assert!(page.contains("\"server\":\"lab1-blocking\"") && page.contains("lab3-multiclient"));
    let said = said(&output);
    assert!(said.contains("The film: a.html\n"), "{said}");
    let folder = root().join("labs/lab1-blocking/recordings/two-clients");
    let command = format!("lens.sh replay {}", folder.display());
    assert!(said.contains(&command), "the command is shown: {said}");
}

#[test]
fn lens_sh_makes_the_film_of_a_folder_that_the_user_names() {
    let place = TempDir::new().unwrap();
    let recording = root().join("labs/lab4-fair/recordings/expiry");
    let copied = Command::new("cp").arg("-r").arg(recording).arg(place.path()).status().unwrap();
    assert!(copied.success());
    let output = script("lens.sh", place.path(), &["replay", "expiry"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(place.path().join("captures/replay.html").exists(), "{}", said(&output));
    let output = script("lens.sh", place.path(), &["replay", "--help"]);
    assert!(said(&output).contains("Usage: scripts/lens.sh replay"), "{}", said(&output));
}

#[test]
fn what_is_missing_is_said_before_anything_is_built() {
    let place = TempDir::new().unwrap();
    for (words, sentence) in [
        (&[][..], "replay.sh: which lab?"),
        (&["lab1", "lab2", "lab3"], "a page has room for two labs, and not for 3"),
        (&["lab7"], "there is no lab 'lab7'"),
        (&["lab1", "--recorded", "--scenario", "greedy"], "no recording of 'greedy' with lab1"),
        (
            &["lab4", "--recorded"],
            "Say one of these behind --scenario: expiry greedy many pipeline",
        ),
        (&["lab1", "--frob"], "scripts/replay.sh has no option '--frob'"),
    ] {
        let output = script("replay.sh", place.path(), words);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(sentence), "{}", said(&output));
        assert!(!said(&output).contains("cargo build"), "{}", said(&output));
    }
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_of_a_desktop_the_browser_opens_unless_it_is_told_not_to() {
    let place = TempDir::new().unwrap();
    let (folder, path) = (place.path().display(), cargo(place.path()));
    program(place.path(), "xdg-open", &format!("echo opens \"$1\" >> {folder}/opened"));
    let replay = root().join("scripts/replay.sh");
    let set = format!("export PATH='{path}' CARGO_TARGET_DIR={folder}/target; cd {folder}");
    let film = format!("{} lab1 --recorded", replay.display());
    let command = format!(
        "{set}; export DISPLAY=:9; {film} -o a.html | cat; {film} --no-open -o b.html; \
         DISPLAY= WAYLAND_DISPLAY= {film} -o c.html; {film} -o d.html"
    );
    let terminal = Terminal::run(&command);
    terminal.expect_end(0);
    let opened = || fs::read_to_string(place.path().join("opened")).unwrap_or_default();
    wait_until("xdg-open is called", || !opened().is_empty());
    assert_eq!(opened(), "opens d.html\n", "not in a pipe, without a desktop, or with --no-open");
}
