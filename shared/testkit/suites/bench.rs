//! The load generator of every lab, against its own server.

use std::process::Output;

use testkit::{Lab, run};

use crate::LAB;

pub fn bench(lab: &Lab, words: &[&str]) -> Output {
    let port = lab.addr.port().to_string();
    run(LAB, &[&["bench", "--port", &port], words].concat())
}

pub fn figures(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_client_and_eight_get_all_their_replies() {
    for clients in ["1", "8"] {
        let lab = Lab::start_with(LAB, &["--quiet"]);
        let words = ["--clients", clients, "--requests", "2000", "--json"];
        let figures = figures(&bench(&lab, &words));
        assert_eq!(figures["answered"], 2000, "{figures}");
        let ended = lab.stop();
        let connections = format!("clients: {clients}, commands: 2000\n");
        assert!(ended.stdout.ends_with(&connections), "{}", ended.stdout);
    }
}

#[test]
fn a_pipeline_is_answered_in_full() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let words = ["--clients", "2", "--requests", "5001", "--pipeline", "16", "--json"];
    assert_eq!(figures(&bench(&lab, &words))["answered"], 5001);
}

#[test]
fn large_keys_and_values_come_whole_and_are_tabled() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let output = bench(&lab, &["--large"]);
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8(output.stdout).unwrap();
    let is_row = |line: &&str| line.split_whitespace().filter(|word| *word == "KB").count() == 2;
    assert_eq!(table.lines().filter(is_row).count(), 9, "{table}");
    assert!(table.contains("All 90 replies came whole and right"), "{table}");
}

#[test]
fn without_a_server_bench_says_what_to_type() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    assert!(lab.stop().status.success());
    for words in [&["bench", "--port", &port][..], &["bench", "--large", "--port", &port]] {
        let output = run(LAB, words);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            message.contains(&format!(
                "cargo run --release -p {} -- --port {port}",
                env!("CARGO_PKG_NAME")
            )),
            "{message}"
        );
    }
}
