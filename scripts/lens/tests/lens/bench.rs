//! Measures real servers, a little, and looks whether what is told about them is true.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use crate::support::{line_with, running_in, said, with_example};
use lens::measure::{Load, Tool, fill};
use lens::sys::{Program, Server, Start};
use serde_json::Value;
use tempfile::TempDir;
use trace::protocol::Protocol;

/// The folder of the programs, the baseline among them.
fn programs() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| with_example("lab4-fair", "baseline")).clone()
}

/// `lens bench --quick`, with its report in this folder.
fn bench(place: &TempDir, rounds: &str, only: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lens"));
    command.args(["bench", "--quick", "--rounds", rounds, "--programs"]).arg(programs());
    command.arg("--only").args(only);
    command.current_dir(place.path()).stdin(Stdio::null());
    command
}

fn succeeded(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    output
}

fn report(place: &TempDir) -> Value {
    serde_json::from_slice(&fs::read(place.path().join("report/bench.json")).unwrap()).unwrap()
}

fn samples(spread: &Value) -> Vec<f64> {
    spread["samples"].as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
}

/// What a row says about its samples is what they come to, worked out once more; and nothing costs nothing.
fn is_consistent(row: &Value) {
    for spread in row["figures"].as_object().unwrap().values() {
        let mut sorted = samples(spread);
        sorted.sort_by(f64::total_cmp);
        let [min, median, max] =
            ["min", "median", "max"].map(|name| spread[name].as_f64().unwrap());
        assert!(sorted[0] > 0.0 && min <= median && median <= max, "{row}");
        assert!((min - sorted[0]).abs() + (max - sorted[sorted.len() - 1]).abs() < 1e-9, "{row}");
    }
    for judged in row["judged"].as_array().unwrap() {
        let of = |server: &str| samples(&row["figures"][server]);
        let what = judged["what"].as_str().unwrap();
        let expected: Vec<f64> = match what.split_once(" ÷ ") {
            Some((ours, theirs)) => of(ours).iter().zip(of(theirs)).map(|(a, b)| a / b).collect(),
            None => of(what),
        };
        let told = samples(&judged["spread"]);
        assert_eq!(told.len(), expected.len(), "{row}");
        assert!(told.iter().zip(expected).all(|(told, it)| (told - it).abs() < 1e-9), "{row}");
        let (median, is_met) = (judged["spread"]["median"].as_f64().unwrap(), &judged["is_met"]);
        match (judged["at_most"].as_f64(), judged["at_least"].as_f64()) {
            (Some(most), _) => assert_eq!(is_met, median <= most, "{row}"),
            (_, Some(least)) => assert_eq!(is_met, median >= least, "{row}"),
            _ => assert!(is_met.is_null(), "{row}"),
        }
    }
}

fn half_of_the_requests_take_no_longer_than_99_of_100(report: &Value) {
    let [half, most] = ["p50", "p99"].map(|name| report[name].as_array().unwrap());
    for (half, most) in half.iter().zip(most) {
        for server in half["figures"].as_object().unwrap().keys() {
            let [p50, p99] = [half, most].map(|row| samples(&row["figures"][server]));
            assert!(p50.iter().zip(&p99).all(|(p50, p99)| p50 <= p99), "{half} {most}");
        }
    }
}

/// The process of each server that was started, by the ports that the commands name.
fn ports(said: &str) -> Vec<u16> {
    let ports = said.lines().filter_map(|line| line.split_once(" -p ")?.1.split(' ').next());
    ports.map(|port| port.parse().unwrap()).collect()
}

fn is_gone(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_err()
}

#[test]
#[ignore = "needs redis-server and redis-benchmark"]
fn bench_of_redis_shows_what_a_request_costs_each_server() {
    let place = TempDir::new().unwrap();
    let output = succeeded(&mut bench(&place, "2", &["get-50", "set-p16"]));
    let text = said(&output);
    for part in ["GET, 50 clients ", "SET, 50 clients, pipeline 16", "≤ 0.88", "Targets met: "] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let report = report(&place);
    for figures in ["cpu", "throughput", "p50", "p99"] {
        for row in report[figures].as_array().unwrap() {
            for server in ["redis", "lab3", "lab4", "baseline"] {
                assert_eq!(
                    samples(&row["figures"][server]).len(),
                    2,
                    "{figures} of {server}: {row}"
                );
            }
            is_consistent(row);
        }
        assert_eq!(report[figures].as_array().unwrap().len(), 2);
    }
    assert_eq!(report["missing"].as_array().unwrap().len(), 0);
    half_of_the_requests_take_no_longer_than_99_of_100(&report);
    for what in ["lab4 ÷ redis", "lab4 ÷ baseline", "lab3 ÷ redis"] {
        let judged = report["cpu"][0]["judged"].as_array().unwrap();
        let judged = judged.iter().find(|judged| judged["what"] == what).unwrap();
        assert_eq!(judged["at_most"].is_null(), what == "lab3 ÷ redis", "{judged}");
    }
    let wide: Vec<&str> = text.lines().filter(|it| !it.starts_with('+')).collect();
    let wide: Vec<&&str> = wide.iter().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, Vec::<&&str>::new());
    assert!(report["machine"]["cores"].as_u64().unwrap() > 0);
    assert_eq!(ports(&text).len(), 8);
    assert!(ports(&text).into_iter().all(is_gone), "a server still runs");
}

#[test]
#[ignore = "needs redis-server and redis-benchmark"]
fn bench_of_redis_draws_a_bar_for_each_server_and_load() {
    let place = TempDir::new().unwrap();
    succeeded(&mut bench(&place, "1", &["get-50", "get-p64"]));
    let svg = fs::read_to_string(place.path().join("report/bench.svg")).unwrap();
    let drawn = roxmltree::Document::parse(&svg).unwrap();
    let of = |name: &str| {
        let named = drawn.descendants().filter(|node| node.has_tag_name(name));
        named.collect::<Vec<_>>()
    };
    let report = report(&place);
    let texts: Vec<&str> =
        of("text").iter().filter_map(roxmltree::Node::text).map(str::trim).collect();
    for row in report["cpu"].as_array().unwrap() {
        assert!(texts.contains(&row["about"].as_str().unwrap()), "{texts:?}");
    }
    for server in ["redis", "lab3", "lab4", "baseline"] {
        assert!(texts.contains(&server), "{texts:?}");
    }
    // Four bars a load, and four squares of the legend.
    let is_bar = |node: &&roxmltree::Node<'_, '_>| node.attribute("class") == Some("solid");
    assert_eq!(of("rect").iter().filter(is_bar).count(), 2 * 4 + 4);
    let is_figure = |text: &&&str| text.ends_with(" µs") || text.ends_with(" (cut)");
    assert_eq!(texts.iter().filter(is_figure).count(), 2 * 4, "{texts:?}");
}

#[test]
#[ignore = "needs redis-server and redis-benchmark"]
fn bench_of_redis_measures_what_is_not_a_load_too() {
    let place = TempDir::new().unwrap();
    let all = ["growth", "memory", "stops", "labs", "decode"];
    succeeded(&mut bench(&place, "1", &all));
    let report = report(&place);
    assert_eq!(report["missing"].as_array().unwrap().len(), 0, "{report}");
    let rows = report["others"].as_array().unwrap();
    assert_eq!(rows.len(), 14, "{rows:?}");
    for row in rows {
        let name = row["name"].as_str().unwrap();
        for server in ["redis", if name.starts_with("lab") { name } else { "lab4" }] {
            assert_eq!(samples(&row["figures"][server]).len(), 1, "{row}");
        }
        is_consistent(row);
        assert_eq!(row["judged"].as_array().unwrap().len(), usize::from(!name.ends_with("p99.9")));
    }
    // No key can be kept in less than its own 16 bytes and those of its value.
    let memory = rows.iter().find(|row| row["name"] == "memory").unwrap();
    for server in ["redis", "lab3", "lab4"] {
        assert!(memory["figures"][server]["median"].as_f64().unwrap() > 32.0, "{memory}");
    }
    assert!(!place.path().join("report/bench.svg").exists(), "there is no load to draw");
}

#[test]
fn without_redis_it_says_so_and_measures_the_rest() {
    let place = TempDir::new().unwrap();
    let output = succeeded(bench(&place, "1", &["mix-50", "get-50"]).env("PATH", place.path()));
    let text = said(&output);
    assert!(text.contains("Not measured: redis-server, which is not installed"), "{text}");
    assert!(text.contains("Not measured: get-50: redis-benchmark is not installed"), "{text}");
    let cpu = &report(&place)["cpu"];
    assert_eq!(cpu.as_array().unwrap().len(), 1);
    let figures = &cpu[0]["figures"];
    assert!(figures["lab4"].is_object() && figures["lab3"].is_object(), "{cpu}");
    is_consistent(&cpu[0]);
    assert!(figures["redis"].is_null(), "{cpu}");
}

#[test]
fn one_more_program_is_measured_beside_the_labs() {
    let place = TempDir::new().unwrap();
    let mut command = bench(&place, "2", &["mix-50"]);
    command.arg("--with").arg(programs().join("lab3-multiclient")).env("PATH", place.path());
    let text = said(&succeeded(&mut command));
    assert!(text.contains(" lab4 ") && text.contains(" other"), "{text}");
    let figures = &report(&place)["cpu"][0]["figures"];
    assert_eq!(samples(&figures["other"]).len(), 2, "{figures}");
    let svg = fs::read_to_string(place.path().join("report/bench.svg")).unwrap();
    assert!(svg.contains("other") && !svg.contains("baseline"), "{svg}");
}

#[test]
fn what_cannot_be_measured_at_all_is_said_and_leaves_no_report() {
    let place = TempDir::new().unwrap();
    for (words, code, sentence) in [
        (&["--only", "no-such"][..], 2, "there is no load 'no-such': take some of get-50 set-50"),
        (
            &["--only", "get-50"],
            1,
            "nothing could be measured: redis-server, which is not installed",
        ),
        (&["--rounds", "0"], 2, "0 is not in 1..=99"),
        (&["--with", "no/such"], 2, "no/such: No such file or directory"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lens"));
        command.arg("bench").args(words).args(["--programs", "/nowhere"]).env("PATH", place.path());
        let output = command.current_dir(place.path()).stdin(Stdio::null()).output().unwrap();
        assert!(said(&output).contains(sentence), "{}", said(&output));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
#[ignore = "needs redis-server and redis-benchmark"]
fn bench_of_redis_that_is_interrupted_leaves_nothing_running() {
    // At each of these lines, something else has just been started, or is about to be.
    for line in ["+ redis-server ", "+ lab4-fair ", "+ baseline ", "+ redis-benchmark ", "round 1"]
    {
        let place = TempDir::new().unwrap();
        let mut lens = bench(&place, "99", &["get-50"]).stderr(Stdio::piped()).spawn().unwrap();
        line_with(&mut lens, line);
        assert!(!running_in(place.path()).is_empty());
        let pid = rustix::process::Pid::from_child(&lens);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        assert_eq!(lens.wait().unwrap().code(), Some(130));
        testkit::wait_until("all that was started has ended", || {
            running_in(place.path()).is_empty()
        });
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}

/// CPU time of a process in µs, as the kernel keeps it for `times`: apart from what lens reads.
fn cpu_micros(pid: rustix::process::Pid) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks * 10_000.0
}

#[test]
fn the_cpu_of_a_load_is_what_the_kernel_counts_otherwise() {
    let binary = programs().join("lab4-fair");
    let start = Start::Lab { binary: binary.clone(), options: vec!["--quiet".to_owned()] };
    let program = Program { name: "lab4".to_owned(), protocol: Protocol::Resp, start };
    let server = Server::start(&program).unwrap();
    let running = Program { start: Start::Running(server.addr), ..program };
    let found = Server::start(&running).unwrap();
    assert_eq!(found.pid, server.pid, "the one that runs is found by its port");
    fill(&found, 0..1_000, "value").unwrap();
    let load = Load::new(Tool::OurBench(binary), 50, 50_000);
    let before = cpu_micros(server.pid.unwrap());
    let begun = Instant::now();
    let outcome = load.run(&found).unwrap();
    let took = begun.elapsed();
    let counted = (cpu_micros(server.pid.unwrap()) - before) / 50_000.0;
    // Two ticks of 10 ms, one at each end, are 0.4 µs a request.
    let apart = (outcome.cpu - counted).abs();
    assert!(apart < 0.5 + counted / 10.0, "{} and {counted}", outcome.cpu);
    assert!(outcome.p50.unwrap() <= outcome.p99.unwrap(), "{outcome:?}");
    // The generator began after us and ended before us.
    assert!(50_000.0 / outcome.per_second <= took.as_secs_f64(), "{outcome:?} in {took:?}");
    drop(found);
    assert!(!is_gone(server.addr.port()), "one that was only found is left running");
    is_what_proc_tells(&server);
}

/// What lens reads of a server that is stopped, and so does not change, is what `/proc` tells of it.
fn is_what_proc_tells(server: &Server) {
    let pid = server.pid.unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    let file =
        |name: &str| fs::read_to_string(format!("/proc/{}/{name}", pid.as_raw_pid())).unwrap();
    let threads = fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid())).unwrap();
    let threads: Vec<_> = threads.map(|entry| entry.unwrap().file_name()).collect();
    let number = |text: &str, key: &str| -> u64 {
        let line = text.lines().find(|line| line.split(':').next() == Some(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    testkit::wait_until("all threads are stopped", || {
        threads.iter().all(|it| file(&format!("task/{}/stat", it.display())).contains(") T "))
    });
    let usage = server.usage().unwrap();
    let status = file("status");
    assert_eq!(usage.rss, number(&status, "VmRSS") * 1024);
    assert_eq!(usage.peak_rss, number(&status, "VmHWM") * 1024);
    let of_threads = |key| -> u64 {
        let of =
            |it: &std::ffi::OsString| number(&file(&format!("task/{}/status", it.display())), key);
        threads.iter().map(of).sum()
    };
    assert_eq!(usage.switches.voluntary, of_threads("voluntary_ctxt_switches"));
    assert_eq!(usage.switches.involuntary, of_threads("nonvoluntary_ctxt_switches"));
    assert!(usage.switches.voluntary > 0, "it has waited for requests");
    rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
}
