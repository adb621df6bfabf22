//! `scripts/compare.sh`, run for real but for its cargo: it gets the programs that the tests are built with.
//! One slow test has the real cargo.

use std::fs;

use crate::support::comparison::{figure, missing, read};
use crate::support::said;
use crate::support::script::{real_script, script};
use tempfile::TempDir;

#[test]
fn compare_sh_builds_and_compares_and_shows_each_command() {
    let place = TempDir::new().unwrap();
    let output = script("compare.sh", &place, Some("true"), &["--recorded", "--out", "here"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "compare.sh: builds the lens, optimised: some minutes, the first time",
        "/scripts/lens.sh --release compare --recorded --out here",
        "Written: here/compare.json",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert!(!text.contains("-p lab1-blocking"), "recordings need no lab:\n{text}");
}

#[test]
fn compare_sh_compares_the_others_when_a_lab_does_not_build() {
    let place = TempDir::new().unwrap();
    let cargo =
        r#"case "$*" in *lab1-blocking | *lab2-resp) echo "error[E0308]"; exit 101 ;; esac"#;
    let output = script("compare.sh", &place, Some(cargo), &["--quick"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let lines = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("compare.sh: builds the labs and the lens, optimised: "), "{text}");
    assert!(text.contains("compare.sh: measures: about half a minute"), "{text}");
    let why = "lab2-resp: everything that is measured: it does not build: cargo build --release -p lab2-resp";
    assert!(lines.contains(why), "{text}");
    assert!(text.contains("requests/s, 50 clients"), "{text}");
    let markdown = fs::read_to_string(place.path().join("report/compare.md")).unwrap();
    assert!(markdown.contains(why) && markdown.contains("requests/s, 50 clients"), "{markdown}");
}

#[test]
fn compare_sh_says_what_is_wrong_in_a_sentence() {
    for (cargo, words, code, sentence) in [
        (None, &["--quick"][..], 2, "compare.sh: Rust is not installed"),
        (Some("exit 101"), &["--quick"], 2, "lens.sh: the lens cannot be built: "),
        (Some("exit 101"), &["--no-such"], 2, "scripts/compare.sh has no option '--no-such'"),
        (None, &["--help"], 0, "scripts/compare.sh --quick            # does it run here?"),
    ] {
        let place = TempDir::new().unwrap();
        let output = script("compare.sh", &place, cargo, words);
        assert!(said(&output).contains(sentence), "{}", said(&output));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(!place.path().join("report").exists());
    }
}

#[test]
#[ignore = "slow: builds the kit with --release; needs strace, ss and redis-server"]
fn slow_compare_sh_with_the_real_cargo_compares_all_servers() {
    let place = TempDir::new().unwrap();
    let output = real_script("compare.sh", &place, &["--quick"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let found = read(&place);
    for server in ["lab1-blocking", "lab2-resp", "lab3-multiclient", "lab4-fair", "redis-server"] {
        assert!(figure(&found, "requests/s, 50 clients", server).is_some(), "{server}: {text}");
        assert!(figure(&found, "calls a request, alone", server).is_some(), "{server}: {text}");
    }
    assert!(!missing(&found).contains("does not build"), "{}", missing(&found));
}
