//! A comparison that cannot have everything: it says what it lacks and why, and has the rest.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

use crate::support::comparison::{compare, ended, figure, missing, read, stage};
use crate::support::{lab, line_with, running_in, said};
use tempfile::TempDir;
use testkit::Redis;

/// Leaves the other labs out, which take their time.
const ONLY_LAB_3: [&str; 7] =
    ["--quick", "--broken", "lab1-blocking", "--broken", "lab2-resp", "--broken", "lab4-fair"];

#[test]
fn a_replay_needs_no_tool_and_names_what_recordings_cannot_tell() {
    let place = TempDir::new().unwrap();
    let output = ended(compare(&place, &["--recorded"]).env("PATH", ""), 0);
    let found = read(&place);
    assert!(found["machine"].is_null());
    for name in ["lab1-blocking", "lab2-resp", "lab3-multiclient", "redis-server"] {
        let stage = stage(&found, name);
        assert_eq!(stage["timeline"]["server"], name);
        assert!(stage["request"]["steps"].as_array().unwrap().len() > 6);
        assert!(stage["loads"].as_array().unwrap().is_empty() && stage["quiet"].is_null());
        // Lab 3 reads until nothing is left, so each request takes another read, which finds nothing.
        let reads = if name == "lab3-multiclient" { 2.0 } else { 1.0 };
        assert_eq!(figure(&found, "reads a request, alone", name), Some(reads));
        assert_eq!(figure(&found, "packets a request, alone", name), Some(2.0));
    }
    // One read and one write for 16 requests. Lab 3 also reads once more, and sleeps once.
    let calls = |name| figure(&found, "calls a request, of 16", name);
    assert_eq!(calls("lab1-blocking"), Some(2.0 / 16.0));
    assert_eq!(calls("lab3-multiclient"), Some(4.0 / 16.0));
    let rows = found["rows"].as_array().unwrap().iter();
    let told: String = rows.map(|row| row["how"].as_str().unwrap()).collect();
    assert!(!told.contains("ss --info") && told.contains("packets.pcap"), "{told}");
    assert!(!said(&output).contains("requests/s"), "{}", said(&output));
    let missing = missing(&found);
    for part in [
        "loads",
        "CPU time",
        "memory",
        "flame graphs",
        "scripts/compare.sh measures it",
        "lab4-fair: all of it: its recordings are not compared",
    ] {
        assert!(missing.contains(part), "{part} is missing in:\n{missing}");
    }
    assert!(
        fs::read_to_string(place.path().join("report/compare.md")).unwrap().contains("## Missing")
    );
}

#[test]
fn the_table_has_headings_and_its_details_are_folded_in_the_text_and_in_markdown() {
    let place = TempDir::new().unwrap();
    let text = |words: &[&str]| said(&ended(&mut compare(&place, words), 0));
    let lines = |text: &str, start: &str| text.lines().filter(|it| it.starts_with(start)).count();
    let main = text(&["--recorded"]);
    for heading in ["── Two clients ─", "── System calls ─", "── Packets ─", "── Code ─"]
    {
        assert_eq!(lines(&main, heading), 1, "{heading}:\n{main}");
    }
    assert_eq!((lines(&main, "calls a request"), lines(&main, "reads a request")), (2, 0));
    assert!(main.contains("\n--all shows 6 more rows, which compare.md and the page have too\n"));
    let all = text(&["--recorded", "--all"]);
    assert_eq!((lines(&all, "calls a request"), lines(&all, "reads a request")), (2, 2));
    assert!(!all.contains("more row"), "{all}");
    let markdown = fs::read_to_string(place.path().join("report/compare.md")).unwrap();
    let (before, folded) =
        markdown.split_once("<details><summary>6 more rows</summary>\n\n|").unwrap();
    assert!(before.contains("| **Packets** |") && before.contains("| packets a request, alone |"));
    assert!(!before.contains("| bytes a request") && folded.contains("| bytes a request, alone |"));
}

#[test]
fn without_tools_and_without_redis_it_measures_the_rest() {
    let place = TempDir::new().unwrap();
    let words = ["--quick", "--broken", "lab2-resp"];
    ended(compare(&place, &words).env("PATH", place.path()), 0);
    let found = read(&place);
    // The clients' own clocks need no tool.
    let wait = |name| figure(&found, "B has its first reply", name).unwrap();
    let connected = figure(&found, "B is connected", "lab1-blocking").unwrap();
    assert!(wait("lab1-blocking") > connected, "B waits for A after it is connected");
    assert!(wait("lab1-blocking") > wait("lab3-multiclient"));
    for row in ["requests/s, 1 client", "CPU a request, 50 clients", "memory a key"] {
        assert!(figure(&found, row, "lab3-multiclient").unwrap() > 0.0, "{row}");
        assert!(figure(&found, row, "lab2-resp").is_none(), "{row}");
    }
    let missing = missing(&found);
    for part in [
        "strace is not installed: apt-get install -y strace",
        "ss is not installed: apt-get install -y iproute2",
        "perf is not installed",
        "tcpdump is not installed",
        "redis-server: all of it, to compare the labs with: it is not installed",
        "lab2-resp: everything that is measured: it does not build",
    ] {
        assert!(missing.contains(part), "{part} is missing in:\n{missing}");
    }
}

#[test]
fn without_rights_for_strace_it_says_what_strace_says() {
    let place = TempDir::new().unwrap();
    let fake = place.path().join("strace");
    fs::write(
        &fake,
        "#!/usr/bin/bash\necho 'strace: ptrace: Operation not permitted' >&2\nexit 1\n",
    )
    .unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    ended(compare(&place, &ONLY_LAB_3).env("PATH", place.path()), 0);
    let found = read(&place);
    // Afterwards, the machine would be busy with our own load.
    let (machine, end) = (found["machine"]["date"].as_str(), found["date"].as_str());
    assert!(machine.unwrap() < end.unwrap(), "the machine is looked at first: {machine:?} {end:?}");
    let why = "strace does not work here (it says: strace: ptrace: Operation not permitted): in a container, \
               start it with --cap-add=SYS_PTRACE";
    assert!(missing(&found).contains(why), "{}", missing(&found));
    assert!(figure(&found, "requests/s, 1 client", "lab3-multiclient").unwrap() > 0.0);
}

#[test]
fn a_lab_that_does_not_start_is_missing_and_the_others_are_there() {
    let place = TempDir::new().unwrap();
    let programs = place.path().join("programs");
    fs::create_dir(&programs).unwrap();
    symlink(lab("lab3-multiclient"), programs.join("lab3-multiclient")).unwrap();
    let broken = programs.join("lab2-resp");
    fs::write(&broken, "#!/usr/bin/bash\necho 'cannot listen: no luck' >&2\nexit 1\n").unwrap();
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    let mut lens = Command::new(env!("CARGO_BIN_EXE_lens"));
    lens.args(["compare", "--quick", "--programs"]).arg(&programs).env("PATH", place.path());
    ended(lens.current_dir(place.path()).stdin(Stdio::null()), 0);
    let found = read(&place);
    let missing = missing(&found);
    for part in ["lab1-blocking does not start", "lab2-resp does not start: cannot listen: no luck"]
    {
        assert!(missing.contains(part), "{part} is missing in:\n{missing}");
    }
    assert!(figure(&found, "requests/s, 1 client", "lab3-multiclient").unwrap() > 0.0);
}

#[test]
fn a_students_own_lab_has_a_column_of_its_own() {
    let place = TempDir::new().unwrap();
    let programs = TempDir::new().unwrap();
    for (built, name) in [
        ("lab2-resp", "lab2-resp"),
        ("lab2-resp", "my-lab2"),
        ("lab3-multiclient", "lab3-multiclient"),
    ] {
        symlink(lab(built), programs.path().join(name)).unwrap();
    }
    let folder = programs.path().to_str().unwrap();
    let words = [&ONLY_LAB_3[..], &["--lab", "work/lab2", "--programs", folder]].concat();
    let text = said(&ended(compare(&place, &words).env("PATH", place.path()), 0));
    let found = read(&place);
    let own = stage(&found, "my-lab2");
    assert_eq!((own["short"].as_str(), own["readme"].as_str()), (Some("my-lab2"), None));
    assert!(text.contains(" my-lab2"), "{text}");
    // It speaks RESP and serves one client at a time, as the lab that it was made from.
    assert_eq!(figure(&found, "served at once, of 50", "my-lab2"), Some(1.0));
    assert!(figure(&found, "memory a silent client", "my-lab2").is_none());
    let text = said(&ended(&mut compare(&place, &["--lab", "work/lab9"]), 2));
    assert!(text.contains("there is no lab 'work/lab9'"), "{text}");
}

#[test]
fn if_no_stage_can_be_measured_it_says_so_in_all_files_and_fails() {
    let place = TempDir::new().unwrap();
    let words = [&ONLY_LAB_3[..], &["--broken", "lab3-multiclient"]].concat();
    let output = ended(compare(&place, &words).env("PATH", place.path()), 1);
    assert!(said(&output).contains("no stage could be measured; report/compare.md says why"));
    assert!(missing(&read(&place)).contains("cargo build --release -p lab3-multiclient tells why"));
    assert!(place.path().join("report/compare.md").exists());
}

#[test]
#[ignore = "needs redis-server"]
fn a_server_that_runs_already_is_compared_and_left_as_it_was() {
    let (place, redis) = (TempDir::new().unwrap(), Redis::start());
    let addr = redis.addr.to_string();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = taken.local_addr().unwrap().to_string();
    drop(taken);
    let words = [&ONLY_LAB_3[..], &["--with", &addr]].concat();
    ended(compare(&place, &words).env("PATH", place.path()), 0);
    let found = read(&place);
    assert!(figure(&found, "requests/s, 50 clients", &addr).unwrap() > 0.0);
    assert!(
        figure(&found, "CPU a request, 50 clients", &addr).unwrap() > 0.0,
        "it is on this machine"
    );
    assert!(figure(&found, "B has its first reply", &addr).is_some());
    assert!(missing(&found).contains("it ran already, so nobody has recorded its system calls"));
    let mut peer = redis.connect();
    peer.send("DBSIZE\r\n");
    let keys = peer.read(5);
    assert!(keys.starts_with(b":1002") || keys.starts_with(b":1003"), "{keys:?}");
    drop(redis);
    let words = [&ONLY_LAB_3[..], &["--with", &nobody, "--out", "other"]].concat();
    let text = said(&ended(compare(&place, &words).env("PATH", place.path()), 0));
    assert!(
        text.contains(&format!("{nobody}: all of it (--with): it does not answer a PING")),
        "{text}"
    );
}

#[test]
#[ignore = "needs strace"]
fn on_ctrl_c_a_comparison_leaves_nothing_running() {
    // At each of these lines, something else has just been started, or is about to be.
    for line in ["+ strace -f ", " bench --host", "a quiet client", "trace=all", "memory a key"] {
        let place = TempDir::new().unwrap();
        let mut lens = compare(&place, &ONLY_LAB_3);
        let mut lens = lens.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        line_with(&mut lens, line);
        let pid = rustix::process::Pid::from_child(&lens);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        assert_eq!(lens.wait().unwrap().code(), Some(130), "at {line}");
        testkit::wait_until("all that was started has ended", || {
            running_in(place.path()).is_empty()
        });
        let left = fs::read_dir(place.path().join("report/recordings"));
        let left = left.into_iter().flatten().map(|entry| entry.unwrap().file_name());
        let is_half = |name: &std::ffi::OsString| name.to_string_lossy().starts_with('.');
        assert!(
            !left.into_iter().any(|name| is_half(&name)),
            "at {line}: half a recording is left"
        );
    }
}
