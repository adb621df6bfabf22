//! `scripts/bench.sh`, run for real but for its cargo: a release build takes minutes, so it gets the
//! programs that the tests are built with.

use crate::support::said;
use crate::support::script::script;
use tempfile::TempDir;

#[test]
fn bench_sh_builds_and_measures_and_shows_each_command() {
    let place = TempDir::new().unwrap();
    let words = ["--quick", "--only", "mix-50", "--json", "here.json"];
    let output = script("bench.sh", &place, Some("true"), &words);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "-p lab1-blocking -p lab2-resp -p lab3-multiclient -p lab4-fair --bins",
        "-p lab4-fair --example baseline",
        "/scripts/lens.sh --release bench --quick --only mix-50 --json here.json",
        "+ lab4-fair bench --host 127.0.0.1 --port ",
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
        (Some("true"), &["--only", "no-such"], 2, "there is no load 'no-such'"),
        (None, &["--help"], 0, "scripts/lens.sh bench --help names them"),
    ] {
        let place = TempDir::new().unwrap();
        let output = script("bench.sh", &place, cargo, words);
        assert!(said(&output).contains(sentence), "{}", said(&output));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(!place.path().join("report").exists());
    }
}
