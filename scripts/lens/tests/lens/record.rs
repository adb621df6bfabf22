//! Records the real labs, and looks for the lesson in what was recorded.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{self, root};
use harness::labs;
use harness::scenario::{self};
use lens::record::{Meta, Options, RecordError, Recording, Runs, record};
use lens::view::Recorded;
use lens::view::timeline::{LaneKind, Timeline};
use tempfile::TempDir;
use trace::call_paths::{self, CallPaths, Frame};
use trace::client_log::{ClientEvent, EventKind, read_log};
use trace::explain::{self, ClientNotes};
use trace::semantics::{ConnectionTable, Event};
use trace::strace::{Joiner, Kind, parse};

fn options(lab: &str, scenario: &str, out: PathBuf) -> Options {
    let (lab, scenario) = (labs::find_server(lab).unwrap(), scenario::find(scenario).unwrap());
    Options { lab, scenario, out, port: 0, binary: None, options: Vec::new(), runs: Runs::Times }
}

fn record_in(place: &TempDir, lab: &str, scenario: &str) -> Recording {
    record(&options(lab, scenario, place.path().join("recording")), &mut Vec::new()).unwrap()
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
    let options = options("redis", "two-clients", place.path().join("recording"));
    let recording = record(&Options { runs: Runs::Both, ..options }, &mut Vec::new()).unwrap();
    assert_eq!(
        comings_and_goings(&recording.folder),
        ["accept A", "accept B", "close B", "close A"]
    );
    let meta = recording.meta;
    assert_eq!(meta.lab, "redis-server");
    assert!(meta.version.starts_with(|first: char| first.is_ascii_digit()), "{}", meta.version);
    assert!(meta.commands[0].ends_with("--save '' --appendonly no"), "{:?}", meta.commands);
    assert!(meta.said_at_the_end.contains("bye bye"), "{}", meta.said_at_the_end);
    assert_eq!(meta.lines, "none: redis-server was not built from this kit with debug information");
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
    let notes = ClientNotes::new(read_log(&folder.join("clients.jsonl")).unwrap());
    let notes = (notes, CallPaths::read(folder));
    explain::run_with_paths(log, &mut page, notes, explain::Options::default()).unwrap();
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
        ("greedy", &["answered client B: 7500"]),
        ("half", &["said a part of a command", "answered client B: PONG"]),
    ] {
        let options = options("lab3", scenario, place.path().join(scenario));
        let recording = record(&options, &mut Vec::new()).unwrap();
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
    let error = record(&options("lab3", "split", taken.clone()), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, RecordError::Taken(_)), "{error}");
    assert!(taken.join("thesis.txt").exists());
}

/// The text of the line of the kit that has made a call of the server.
fn source_line(frame: &Frame) -> String {
    let source = fs::read_to_string(root().join(&frame.file)).unwrap();
    source.lines().nth(frame.line as usize - 1).unwrap_or_default().trim().to_owned()
}

#[test]
fn the_lines_of_the_recordings_of_the_kit_are_still_those_of_its_labs() {
    let mut files = 0;
    for lab in labs::LABS {
        let recordings = root().join("labs").join(lab.package).join("recordings");
        for folder in fs::read_dir(recordings).into_iter().flatten() {
            let path = folder.unwrap().path().join("lines.json");
            let lines: serde_json::Value =
                serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let frames: Vec<Frame> = serde_json::from_value(lines["frames"].clone()).unwrap();
            // A line of the shared crates may move: what is shown first is the line of the lab.
            for frame in frames.iter().filter(|frame| frame.file.starts_with("labs/")) {
                let again = "it has moved: scripts/record-all.sh --lines";
                assert_eq!(source_line(frame), frame.text, "{} {frame:?}: {again}", path.display());
            }
            files += 1;
        }
    }
    assert!(files > 0);
}

/// Records the two clients with the lines of the calls.
fn record_lines(place: &TempDir, lab: &str, binary: Option<PathBuf>) -> Recorded {
    let options = options(lab, "two-clients", place.path().join(lab));
    let recording =
        record(&Options { runs: Runs::Both, binary, ..options }, &mut Vec::new()).unwrap();
    Recorded::read(&recording.folder).unwrap()
}

#[test]
#[ignore = "needs strace"]
fn a_recording_knows_from_which_line_each_call_was_made() {
    let place = TempDir::new().unwrap();
    for (lab, lines) in [
        ("lab1", [("accept4", "accept"), ("recvfrom", "read"), ("sendto", "write_all")]),
        ("lab3", [("epoll_wait", ".poll("), ("recvfrom", "read"), ("sendto", "write")]),
    ] {
        // A program of another name, elsewhere, as that of a student may be.
        let binary = place.path().join(format!("my-{lab}"));
        fs::copy(support::lab(labs::find_server(lab).unwrap().package), &binary).unwrap();
        let recorded = record_lines(&place, lab, Some(binary));
        assert_eq!(recorded.meta.format, 2);
        for (name, text) in lines {
            // A busy machine may make a call that the second run has not made: that one has no line.
            let mut calls = recorded.calls.iter().filter(|call| call.name == name);
            let call = calls.find(|call| !call.path.is_empty());
            let call = call.unwrap_or_else(|| panic!("{name}: no line of {}", recorded.meta.lines));
            let frame = call.path.last().unwrap();
            assert!(frame.text.contains(text), "{name}: {frame:?}");
            assert_eq!(source_line(frame), frame.text);
            assert!(call.path[0].function.ends_with("::main"), "{:?}", call.path);
            let shown = call_paths::place(&call.path).unwrap();
            let page = page(&recorded.folder);
            let mut rows = page.lines().filter(|row| row.contains(name));
            assert!(rows.any(|row| row.ends_with(&shown)), "no {shown} at {name}:\n{page}");
        }
        let timeline = Timeline::new(&recorded).unwrap();
        let spans = timeline.spans().filter(|(lane, _)| lane.kind == LaneKind::Calls);
        assert!(spans.map(|(_, span)| &span.path).any(|path| !path.is_empty()));
    }
}

#[test]
#[ignore = "needs strace"]
fn a_recording_knows_from_which_line_of_a_single_run_each_call_was_made() {
    let place = TempDir::new().unwrap();
    let options = options("lab3", "two-clients", place.path().join("recording"));
    let binary = Some(PathBuf::from(support::lab("lab3-multiclient")));
    let recording =
        record(&Options { runs: Runs::Single, binary, ..options }, &mut Vec::new()).unwrap();
    let recorded = Recorded::read(&recording.folder).unwrap();
    assert_eq!(recording.meta.commands.iter().filter(|it| it.starts_with("strace")).count(), 1);
    // No call about a client is without its line, however busy the machine is.
    let about_clients: Vec<_> = recorded.calls.iter().filter(|it| it.port.is_some()).collect();
    assert!(about_clients.len() > 10, "{about_clients:?}");
    for call in about_clients {
        let frame = call.path.last().unwrap_or_else(|| panic!("no line: {call:?}"));
        assert_eq!(source_line(frame), frame.text);
        assert!(call.took_us > 0 && !frame.text.is_empty(), "{call:?}");
    }
}

#[test]
#[ignore = "needs strace"]
fn lines_can_be_renewed_and_the_rest_stays() {
    let place = TempDir::new().unwrap();
    let out = place.path().join("recording");
    let program = || Some(PathBuf::from(support::lab("lab2-resp")));
    let of = |runs| Options { runs, binary: program(), ..options("lab2", "split", out.clone()) };
    let error = record(&of(Runs::Lines), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, RecordError::NoRecording(_)), "{error}");
    let first = record(&of(Runs::Times), &mut Vec::new()).unwrap().meta;
    assert_eq!(first.lines, "none: they were not asked for");
    let files = ["strace.log", "clients.jsonl", "server.log"];
    let before = files.map(|name| fs::read(out.join(name)).unwrap());
    for _ in 0..2 {
        let second = record(&of(Runs::Lines), &mut Vec::new()).unwrap().meta;
        assert_eq!(files.map(|name| fs::read(out.join(name)).unwrap()), before);
        assert_eq!((&second.date, second.pid), (&first.date, first.pid));
        assert_eq!(second.commands.len(), first.commands.len() + 1);
        let recorded = Recorded::read(&out).unwrap();
        let sent = recorded.calls.iter().find(|call| call.name == "sendto").unwrap();
        assert!(sent.path.last().unwrap().file.ends_with("server.rs"), "{:?}", sent.path);
        assert!(!out.join("stacks.log").exists());
    }
}

#[test]
#[ignore = "needs strace"]
fn a_recording_without_lines_says_why() {
    let place = TempDir::new().unwrap();
    let stripped = place.path().join("stripped");
    let lab = support::lab("lab1-blocking");
    let strip = Command::new("strip").arg("-o").arg(&stripped).arg(lab).status();
    assert!(strip.unwrap().success());
    let recorded = record_lines(&place, "lab1", Some(stripped));
    let why = "none: lab1-blocking was not built from this kit with debug information";
    assert_eq!(recorded.meta.lines, why);
    assert!(!recorded.folder.join("lines.json").exists());
    assert!(recorded.calls.iter().all(|call| call.path.is_empty()));
}

#[test]
#[ignore = "needs strace"]
fn where_strace_has_no_stacks_a_recording_is_made_without_lines() {
    use std::os::unix::fs::PermissionsExt;
    let place = TempDir::new().unwrap();
    let strace = place.path().join("strace");
    let path = std::env::var("PATH").unwrap();
    let old =
        "case \" $* \" in *' -k '*) echo \"strace: invalid option -- 'k'\" >&2; exit 1 ;; esac";
    fs::write(&strace, format!("#!/bin/sh\nPATH='{path}'\n{old}\nexec strace \"$@\"\n")).unwrap();
    fs::set_permissions(&strace, fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_lens"))
        .args(["record", "lab1", "--scenario", "split", "--out", "recording", "--binary"])
        .arg(support::lab("lab1-blocking"))
        .current_dir(place.path())
        .env("PATH", format!("{}:{path}", place.path().display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", support::said(&output));
    let recorded = Recorded::read(&place.path().join("recording")).unwrap();
    assert_eq!(
        recorded.meta.lines,
        "none: lab1-blocking does not start: strace: invalid option -- 'k'"
    );
    assert!(recorded.calls.iter().any(|call| call.name == "recvfrom"));
}

#[test]
fn the_clients_of_a_scenario_talk_to_a_server_that_runs_already() {
    let place = TempDir::new().unwrap();
    let server = testkit::Lab::start(&support::lab("lab2-resp"));
    let port = server.addr.port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_lens"))
        .args(["record", "lab2", "--scenario", "split", "--running", &port])
        .current_dir(place.path())
        .output()
        .unwrap();
    let said = support::said(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("A   says piece 3 of 3: 5\\r\\nAlice"), "{said}");
    assert!(said.contains("A   hears OK") && said.contains("A   leaves"), "{said}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "it records nothing");
    let list = support::said(&support::lens(&["record", "--list"]));
    assert!(list.starts_with("two-clients  A asks"), "{list}");
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
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
