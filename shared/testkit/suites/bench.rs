//! The load generator of each lab, tested against the server of the same lab.

use std::process::{Command, Output, Stdio};

use testkit::{Lab, run};

use crate::LAB;

pub fn bench(lab: &Lab, args: &[&str]) -> Output {
    let port = lab.addr.port().to_string();
    run(LAB, &[&["bench", "--port", &port], args].concat())
}

pub fn figures(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_client_and_eight_get_all_their_replies() {
    for clients in ["1", "8"] {
        let lab = Lab::start_with(LAB, &["--quiet"]);
        let args = ["--clients", clients, "--requests", "2000", "--json"];
        let figures = figures(&bench(&lab, &args));
        assert_eq!(figures["answered"], 2000, "{figures}");
        let ended = lab.stop();
        let connections = format!("clients: {clients}, commands: 2000\n");
        assert!(ended.stdout.ends_with(&connections), "{}", ended.stdout);
    }
}

#[test]
fn every_request_of_a_pipeline_gets_its_reply() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let args = ["--clients", "2", "--requests", "5001", "--pipeline", "16", "--json"];
    assert_eq!(figures(&bench(&lab, &args))["answered"], 5001);
}

#[test]
fn large_keys_and_values_are_measured_and_shown_in_a_table() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let output = bench(&lab, &["--large"]);
    assert!(output.status.success(), "{output:?}");
    let table = String::from_utf8(output.stdout).unwrap();
    let is_row = |line: &&str| line.split_whitespace().filter(|word| *word == "KB").count() == 2;
    assert_eq!(table.lines().filter(is_row).count(), 9, "{table}");
    assert!(table.contains("All 90 replies came whole and right"), "{table}");
}

#[test]
fn if_no_server_listens_bench_says_what_to_type() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    assert!(lab.stop().status.success());
    for args in [&["bench", "--port", &port][..], &["bench", "--large", "--port", &port]] {
        let output = run(LAB, args);
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

#[test]
fn if_nobody_reads_the_figures_bench_ends_quietly() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    let port = lab.addr.port().to_string();
    for options in [&["--requests", "10"][..], &["--requests", "10", "--json"], &["--large"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut bench = Command::new(LAB);
        bench.args(["bench", "--port", &port]).args(options).stdout(writer).stderr(Stdio::piped());
        let output = bench.spawn().unwrap().wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{options:?}");
    }
}
