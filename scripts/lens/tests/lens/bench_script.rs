//! `scripts/bench.sh`, run for real but for its cargo: a release build takes minutes, so it gets the
//! programs that the tests are built with. One slow test has the real cargo.

use std::fs;

use crate::support::said;
use crate::support::script::{real_script, script};
use serde_json::Value;
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

#[test]
#[ignore = "slow: builds the kit with --release; needs redis-server and redis-benchmark"]
fn slow_bench_sh_with_the_real_cargo_measures_all_servers() {
    let place = TempDir::new().unwrap();
    let output = real_script("bench.sh", &place, &["--quick", "--rounds", "1", "--only", "get-50"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let report = fs::read(place.path().join("report/bench.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    for server in ["redis", "lab3", "lab4", "baseline"] {
        assert!(report["cpu"][0]["figures"][server].is_object(), "{server}: {report}");
    }
    assert_eq!(report["missing"].as_array().unwrap().len(), 0, "{report}");
}
