//! Records the real labs, and looks for the lesson in what was recorded.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lens::labs;
use lens::record::{Meta, Order, RecordError, Recording, record};
use lens::scenario::{self};
use tempfile::TempDir;
use trace::client_log::{ClientEvent, EventKind, read_log};
use trace::explain::{self, ClientNotes, Options};
use trace::semantics::{ConnectionTable, Event};
use trace::strace::{Joiner, Kind, parse};

fn order(lab: &str, scenario: &str, out: PathBuf) -> Order {
    let (lab, scenario) = (labs::find_server(lab).unwrap(), scenario::find(scenario).unwrap());
    Order { lab, scenario, out, port: 0, binary: None, options: Vec::new() }
}

fn record_in(place: &TempDir, lab: &str, scenario: &str) -> Recording {
    record(&order(lab, scenario, place.path().join("recording")), &mut Vec::new()).unwrap()
}

/// In which order the server has accepted and closed its clients: `accept A`, `close A`, …
fn comings_and_goings(folder: &Path) -> Vec<String> {
    let events = read_log(&folder.join("clients.jsonl")).unwrap();
    let names: HashMap<u16, String> =
        events.into_iter().map(|event| (event.port, event.client)).collect();
    let log = fs::read(folder.join("strace.log")).unwrap();
    let (mut joiner, mut table, mut order) =
        (Joiner::new(), ConnectionTable::new(names), Vec::new());
    for line in log.split(|byte| *byte == b'\n') {
        let Some(line) = joiner.join(parse(line)) else { continue };
        let Kind::Call(call) = line.kind else { continue };
        let attributed = table.apply(&call);
        let verb = match attributed.event {
            Event::Accepted(_) => "accept",
            Event::Closed { .. } => "close",
            _ => continue,
        };
        order.extend(attributed.client.map(|client| client.name.replace("client", verb)));
    }
    order
}

fn waited_for_its_answer(events: &[ClientEvent], name: &str) -> Duration {
    let of = events.iter().filter(|event| event.client == name);
    let mut waited = of.filter_map(|event| match event.what {
        EventKind::Received { waited_us, .. } => Some(Duration::from_micros(waited_us)),
        _ => None,
    });
    waited.next_back().unwrap()
}

fn the_second_client_waits_until_the_first_leaves(lab: &str) {
    let place = TempDir::new().unwrap();
    let recording = record_in(&place, lab, "two-clients");
    assert_eq!(
        comings_and_goings(&recording.folder),
        ["accept A", "close A", "accept B", "close B"]
    );
    assert!(waited_for_its_answer(&recording.events, "B") > Duration::from_millis(500));
}

#[test]
#[ignore = "needs strace"]
fn on_lab_1_the_second_client_waits_until_the_first_leaves() {
    the_second_client_waits_until_the_first_leaves("lab1");
}

#[test]
#[ignore = "needs strace"]
fn on_lab_2_the_second_client_waits_until_the_first_leaves() {
    the_second_client_waits_until_the_first_leaves("lab2-resp");
}

#[test]
#[ignore = "needs strace"]
fn on_lab_3_the_second_client_is_answered_while_the_first_is_silent() {
    let place = TempDir::new().unwrap();
    let recording = record_in(&place, "lab3", "two-clients");
    assert_eq!(
        comings_and_goings(&recording.folder),
        ["accept A", "accept B", "close B", "close A"]
    );
    assert!(waited_for_its_answer(&recording.events, "B") < Duration::from_millis(500));
}

#[test]
#[ignore = "needs strace and redis-server"]
fn redis_is_recorded_as_a_lab_is_and_serves_both_clients() {
    let place = TempDir::new().unwrap();
    let recording = record_in(&place, "redis", "two-clients");
    assert_eq!(
        comings_and_goings(&recording.folder),
        ["accept A", "accept B", "close B", "close A"]
    );
    let meta = recording.meta;
    assert_eq!(meta.lab, "redis-server");
    assert!(meta.version.starts_with(|first: char| first.is_ascii_digit()), "{}", meta.version);
    assert!(meta.commands[0].ends_with("--save '' --appendonly no"), "{:?}", meta.commands);
    assert!(meta.said_at_the_end.contains("bye bye"), "{}", meta.said_at_the_end);
    let log = fs::read_to_string(recording.folder.join("server.log")).unwrap();
    assert!(log.contains("Ready to accept connections"), "{log}");
    assert!(!Path::new(&format!("/proc/{}", meta.pid)).exists(), "it still runs");
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "it left no file: {left:?}");
}

#[test]
#[ignore = "needs strace"]
fn a_recording_is_whole_and_tells_nothing_about_the_machine_but_its_kernel() {
    let place = TempDir::new().unwrap();
    let folder = record_in(&place, "lab2", "split").folder;
    for file in ["strace.log", "clients.jsonl", "server.log", "meta.json"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        assert!(!text.is_empty(), "{file}");
        let path = place.path().to_string_lossy();
        assert!(!text.contains(&*path), "{file} names the folder:\n{text}");
    }
    let meta = Meta::read(&folder).unwrap();
    assert_eq!((meta.lab.as_str(), meta.scenario.as_str()), ("lab2-resp", "split"));
    assert!(meta.commands[0].starts_with("strace -f "), "{:?}", meta.commands);
    assert!(meta.said_at_the_end.contains("clients: 1, commands: 2"), "{meta:?}");
    assert_eq!(folder.join("packets.pcap").exists(), !meta.packets.starts_with("none: "));
    assert!(!Path::new(&format!("/proc/{}", meta.pid)).exists(), "the lab still runs");
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the recording is left: {left:?}");
}

/// What `explain` says about a recording.
fn page(folder: &Path) -> String {
    let (log, mut page) = (fs::File::open(folder.join("strace.log")).unwrap(), Vec::new());
    let events = read_log(&folder.join("clients.jsonl")).unwrap();
    explain::run(log, &mut page, ClientNotes::new(events), Options::default()).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
#[ignore = "needs strace"]
fn every_scenario_shows_on_lab_3_what_it_is_there_for() {
    let place = TempDir::new().unwrap();
    for (scenario, lessons) in [
        ("expiry", &["woke by itself", "(nil) ($-1\\r\\n, 5 bytes)"][..]),
        ("pipeline", &["client A said 16 commands", "answered client A: 16 replies"]),
        ("split", &["said a part of a command", "said more of it", "the rest of SET name Alice"]),
        ("slow-reader", &["woke: client A can be sent more", "answered client B: PONG"]),
        ("many", &["clients     50", "accepted client C50"]),
    ] {
        let order = order("lab3", scenario, place.path().join(scenario));
        let recording = record(&order, &mut Vec::new()).unwrap();
        let surprises = recording.events.iter().filter(|event| {
            matches!(event.what, EventKind::Unexpected { .. } | EventKind::GaveUp { .. })
        });
        assert_eq!(surprises.collect::<Vec<_>>(), Vec::<&ClientEvent>::new(), "{scenario}");
        let page = page(&recording.folder);
        for lesson in lessons {
            assert!(page.contains(lesson), "{scenario} has no {lesson:?}:\n{page}");
        }
    }
}

#[test]
#[ignore = "needs strace"]
fn a_slow_reader_stops_a_blocking_server() {
    let place = TempDir::new().unwrap();
    let recording = record_in(&place, "lab2", "slow-reader");
    let page = page(&recording.folder);
    assert!(page.contains("client A did not read"), "{page}");
    assert!(waited_for_its_answer(&recording.events, "B") > Duration::from_millis(300), "{page}");
}

#[test]
#[ignore = "needs strace"]
fn fifty_clients_of_a_blocking_server_all_leave_or_give_up() {
    let place = TempDir::new().unwrap();
    let events = record_in(&place, "lab1", "many").events;
    let is_end =
        |event: &&ClientEvent| matches!(event.what, EventKind::Closed | EventKind::GaveUp { .. });
    assert_eq!(events.iter().filter(is_end).count(), 50);
}

#[test]
#[ignore = "needs strace"]
fn a_recording_takes_the_place_of_an_older_one_and_of_nothing_else() {
    let place = TempDir::new().unwrap();
    let first = record_in(&place, "lab3", "split").meta;
    let second = record_in(&place, "lab3", "split").meta;
    assert_ne!(first.pid, second.pid);
    assert_eq!(Meta::read(&place.path().join("recording")), Some(second));

    let taken = place.path().join("my-thesis");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("thesis.txt"), "do not lose").unwrap();
    let error = record(&order("lab3", "split", taken.clone()), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, RecordError::Taken(_)), "{error}");
    assert!(taken.join("thesis.txt").exists());
}

/// Runs `lens`, and returns its exit code and what it says on stderr.
fn lens(args: &[&str], place: &TempDir) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lens"));
    let output =
        command.args(args).current_dir(place.path()).stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_cannot_be_done_is_said_in_one_sentence_and_leaves_nothing() {
    let place = TempDir::new().unwrap();
    for (args, sentence) in [
        (&["record", "lab9", "--scenario", "split"][..], "there is no lab 'lab9': say lab1"),
        (
            &["record", "lab1", "--scenario", "x"],
            "there is no scenario 'x': take one of two-clients",
        ),
        (
            &["record", "lab1", "--scenario", "split", "--binary", "/bin/false"],
            "lab1-blocking does not start",
        ),
        (
            &["record", "lab1", "--scenario", "split", "--binary", "/no/such"],
            "No such file or directory",
        ),
        (&["explain", "no-such.log"], "there is no such file. To make one: scripts/lens.sh record"),
    ] {
        let (code, said) = lens(args, &place);
        assert_eq!(code, Some(2), "{said}");
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with("lens: ") && last.contains(sentence), "{said}");
    }
    let left = place.path().join("captures/lab1-blocking");
    let left = fs::read_dir(left).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[test]
#[ignore = "needs strace"]
fn a_program_that_gives_the_pid_of_another_is_not_believed() {
    use std::os::unix::fs::PermissionsExt;
    let place = TempDir::new().unwrap();
    let liar = place.path().join("liar");
    let mut bystander = Command::new("sleep").arg("600").spawn().unwrap();
    let line = format!("lab1 listening on 127.0.0.1:9 (pid {})", bystander.id());
    fs::write(&liar, format!("#!/bin/sh\necho '{line}'\nexec sleep 600\n")).unwrap();
    fs::set_permissions(&liar, fs::Permissions::from_mode(0o755)).unwrap();
    let liar = liar.to_str().unwrap();
    let (code, said) = lens(&["record", "lab1", "--scenario", "split", "--binary", liar], &place);
    assert_eq!(code, Some(2), "{said}");
    assert!(bystander.try_wait().unwrap().is_none(), "the bystander still runs");
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

#[test]
fn without_strace_it_says_how_to_get_it() {
    let place = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lens"));
    command.args(["record", "lab1", "--scenario", "split", "--binary", "/bin/true"]);
    let output = command.current_dir(place.path()).env("PATH", place.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("strace is not installed: apt-get install -y strace"), "{said}");
}

#[test]
#[ignore = "needs strace"]
fn without_redis_on_the_path_a_recording_says_how_to_get_it() {
    let place = TempDir::new().unwrap();
    let binary = ["--binary", "/no/such/redis-server"];
    let words = [&["record", "redis", "--scenario", "split"][..], &binary].concat();
    let (code, said) = lens(&words, &place);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("redis-server is not installed: apt-get install -y redis-server"),
        "{said}"
    );
}

#[test]
#[ignore = "needs strace"]
fn whoever_is_interrupted_leaves_nothing_running_and_nothing_half_written() {
    let place = TempDir::new().unwrap();
    let out = place.path().join("recording");
    let mut lens = Command::new(env!("CARGO_BIN_EXE_lens"))
        .args(["record", "lab1", "--scenario", "two-clients", "--out"])
        .arg(&out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(lens.stderr.take().unwrap()).lines();
    let packets = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("+ tcpdump")));
    let line = packets.unwrap().unwrap();
    let port = line.trim_end_matches('\'').rsplit(' ').next().unwrap().parse::<u16>().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok(), "the lab runs");
    let pid = rustix::process::Pid::from_child(&lens);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(lens.wait().unwrap().code(), Some(130));
    // The kernel needs a attributed to take the killed lab apart.
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(Instant::now() < deadline, "the lab still runs");
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}
