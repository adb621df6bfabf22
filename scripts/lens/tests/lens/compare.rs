//! Compares real servers, a little, and counts again by other means.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use crate::support::comparison::{compare, ended, figure, missing, read, stage};
use crate::support::{lab, line_with, running_in, said};
use serde_json::Value;
use tempfile::TempDir;
use testkit::Lab;

/// One run with everything, for several tests: what it has found, and what it has printed.
fn whole() -> &'static (Value, String) {
    static WHOLE: OnceLock<(Value, String)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let place = TempDir::new().unwrap();
        let text = said(&ended(&mut compare(&place, &["--quick", "--with-threads", "--all"]), 0));
        assert!(running_in(place.path()).is_empty(), "something still runs");
        (read(&place), text)
    })
}

const SERVERS: [&str; 6] =
    ["lab1-blocking", "lab2-resp", "lab3-multiclient", "lab4-fair", "threads", "redis-server"];

/// Whether a server serves one client at a time.
fn is_blocking(name: &str) -> bool {
    name.starts_with("lab1") || name.starts_with("lab2")
}

#[test]
#[ignore = "needs strace, ss and redis-server"]
fn a_comparison_shows_who_blocks_and_who_does_not() {
    let (found, _) = whole();
    let (blocking, others): (Vec<&str>, Vec<&str>) =
        SERVERS.into_iter().partition(|name| is_blocking(name));
    let wait = |name: &str| figure(found, "B has its first reply", name).unwrap();
    let quiet = |name: &str| stage(found, name)["quiet"]["count"].as_u64().unwrap();
    for &name in &blocking {
        // While A held the server, B waited. How long both is depends on the machine.
        let held = figure(found, "A held the server", name).unwrap();
        assert!(wait(name) >= held && held > 0.0, "{name}: {} {held}", wait(name));
        assert_eq!(figure(found, "served at once, of 50", name), Some(1.0), "{name}");
        assert_eq!(quiet(name), 1, "{name} serves the quiet one when the busy one is gone");
        let fate = &stage(found, name)["loads"][1]["fate"];
        assert!(fate.as_str().unwrap().starts_with("at most 1 of 50 clients"), "{fate}");
    }
    for &name in &others {
        let served = figure(found, "served at once, of 50", name).unwrap();
        assert!(served > 1.0, "{name}: {served}");
    }
    // A busy machine may hold one of them up, and not all of them for the whole time.
    assert!(others.iter().any(|name| blocking.iter().all(|other| wait(name) < wait(other))));
    assert!(others.iter().any(|name| quiet(name) > 1), "one of them serves both");
}

/// How many stages have a figure in this row.
fn figures_in(row: &str) -> usize {
    match row {
        // Nobody has read the sources of Redis, and the example with threads is no lab. Labs 1 and 2 hold one
        // client at a time.
        "lines of its own code" | "memory a silent client" => 4,
        // A trace shows one thread.
        "A held the server" => 5,
        _ => 6,
    }
}

#[test]
#[ignore = "needs strace, ss and redis-server"]
fn a_comparison_has_a_figure_for_each_stage_in_each_row() {
    let (found, text) = whole();
    let rows = found["rows"].as_array().unwrap();
    for row in rows {
        let name = row["name"].as_str().unwrap();
        assert!(text.contains(name), "{name} is missing in:\n{text}");
        assert!(!row["how"].as_str().unwrap().is_empty());
        let cells = row["cells"].as_array().unwrap();
        assert_eq!(cells.len(), SERVERS.len());
        let figures = cells.iter().filter(|cell| cell["value"].is_f64()).count();
        assert_eq!(figures, figures_in(name), "{row}");
    }
    assert_eq!(rows.len(), 33);
    let is_command = |line: &&str| line.starts_with("+ ") || line.starts_with("Written: ");
    let wide = text.lines().filter(|line| !is_command(line) && line.chars().count() > 80);
    assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
#[ignore = "needs strace, ss and redis-server"]
fn a_comparison_has_a_picture_of_each_stage_and_the_three_lessons() {
    let (found, _) = whole();
    for name in SERVERS {
        let stage = stage(found, name);
        if ["lab4-fair", "threads"].contains(&name) {
            assert!(stage["timeline"].is_null() && stage["request"].is_null(), "{stage}");
        } else {
            assert!(stage["timeline"]["lanes"].as_array().unwrap().len() >= 4);
            assert_eq!(stage["request"]["text"], "GET name");
        }
        for load in stage["loads"].as_array().unwrap() {
            let latencies = &load["latencies"];
            let steps = latencies["distribution"].as_array().unwrap();
            let at = |step: &Value| (step[0].as_f64().unwrap(), step[1].as_f64().unwrap());
            assert!(steps.len() > 10 && steps.is_sorted_by_key(at), "{steps:?}");
            assert!(latencies["p50_us"].as_f64() <= latencies["p999_us"].as_f64(), "{latencies}");
        }
    }
    let lessons = found["lessons"].as_array().unwrap();
    assert_eq!(lessons.len(), 3);
    for (lesson, package) in lessons[1..].iter().zip(["lab3-multiclient", "lab4-fair"]) {
        let diff = lesson["diff"].as_str().unwrap();
        let file = format!("labs/{package}/src/server.rs");
        assert!(
            diff.contains(&format!(" {file}\n--- ")) && diff.contains(&format!("+++ {file}\n"))
        );
    }
    assert!(missing(found).contains("flame graphs"), "{}", missing(found));
}

/// What a client sends, and what it gets.
const GET: (&str, &str) = ("*2\r\n$3\r\nGET\r\n$4\r\nname\r\n", "$5\r\nAlice\r\n");
const SET: (&str, &str) = ("*3\r\n$3\r\nSET\r\n$4\r\nname\r\n$5\r\nAlice\r\n", "+OK\r\n");

/// Lab 3 below another program; a client asks it so often, one by one or all at once, and it ends.
fn asked(below: &[&str], count: usize, batch: usize) {
    let lab = Lab::start_below(below, &lab("lab3-multiclient"), &["--quiet"]);
    let mut peer = lab.connect();
    peer.ask(SET.0, SET.1);
    for _ in 0..count / batch {
        // As the comparison does: the server is asleep again when the next request comes.
        thread::sleep(Duration::from_millis(1));
        peer.ask(GET.0.repeat(batch), GET.1.repeat(batch));
    }
    drop(peer);
    // The tracer is our child: it ends when the lab does.
    let line = lab.ready_line.clone();
    let pid = line.rsplit_once("(pid ").unwrap().1.trim_end().trim_end_matches(')');
    let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let mut lab = lab;
    testkit::wait_until("the lab has ended", || !lab.is_running());
}

/// How often `strace -c` has counted a call while a client asked.
fn counted(place: &TempDir, call: &str, count: usize, batch: usize) -> f64 {
    let file = place.path().join("counts");
    let below = ["strace", "-f", "-c", "-o", file.to_str().unwrap()];
    asked(&below, count, batch);
    let counts = fs::read_to_string(file).unwrap();
    let line = counts.lines().find(|line| line.split_whitespace().last() == Some(call)).unwrap();
    line.split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs strace, ss and redis-server"]
fn a_comparison_counts_calls_as_strace_c_does() {
    let (found, _) = whole();
    let place = TempDir::new().unwrap();
    for (way, batch) in [("alone", 1_u32), ("pipelined", 16)] {
        let calls = &stage(found, "lab3-multiclient")["calls"][way];
        let told = |name: &str| {
            let call = calls.as_array().unwrap().iter().find(|call| call[0] == name);
            call.unwrap_or_else(|| panic!("no {name} in {calls}"))[1].as_f64().unwrap()
        };
        // One write for the replies to all requests that have come together, whatever else the machine does.
        let more = |name: &str| {
            // The set-up is in both.
            let batch = batch as usize;
            counted(&place, name, 320, batch) - counted(&place, name, 160, batch)
        };
        assert!((told("sendto") - more("sendto") / 160.0).abs() < 1e-9, "{way}: {calls}");
        assert!((told("sendto") - 1.0 / f64::from(batch)).abs() < 1e-9, "{way}: {calls}");
        // One read for them, and one that finds nothing, unless the next request is there already: on a busy
        // machine. A sleep before each of them is the most.
        for (name, least, most) in [("recvfrom", 1.0, 2.0), ("epoll_wait", 0.0, 1.0)] {
            let (least, most) = (least / f64::from(batch), (most + 0.5) / f64::from(batch));
            for count in [told(name), more(name) / 160.0] {
                assert!((least..=most).contains(&count), "{way}: {name} {count}, {calls}");
            }
        }
    }
}

/// How many packets tcpdump sees when a client asks lab 3 so often, up to the end of the connection.
fn captured(count: usize) -> f64 {
    let lab = Lab::start_with(&lab("lab3-multiclient"), &["--quiet"]);
    let mut tcpdump = Command::new("tcpdump");
    // The start of each packet: of whole ones, few have room in the kernel's buffer.
    tcpdump.args(["-i", "lo", "-n", "-l", "--immediate-mode", "-B", "8192", "-s", "128"]);
    tcpdump.arg(format!("tcp port {}", lab.addr.port()));
    let mut tcpdump = tcpdump.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    line_with(&mut tcpdump, "listening on");
    let mut peer = lab.connect();
    peer.ask(SET.0, SET.1);
    for _ in 0..count {
        peer.ask(GET.0, GET.1);
    }
    drop(peer);
    let lines = BufReader::new(tcpdump.stdout.take().unwrap()).lines();
    let (sender, seen) = mpsc::channel();
    thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let (mut ends, mut packets) = (0, 0_u32);
    while ends < 2 {
        let line = seen.recv_timeout(testkit::LIMIT).unwrap();
        packets += 1;
        ends += u32::from(line.contains("Flags [F"));
    }
    tcpdump.kill().unwrap();
    tcpdump.wait().unwrap();
    packets.into()
}

#[test]
#[ignore = "needs strace, ss, redis-server, and tcpdump that may capture"]
fn packets_of_a_comparison_are_those_that_tcpdump_sees() {
    let (found, _) = whole();
    let seen = (captured(400) - captured(200)) / 200.0;
    let packets = figure(found, "packets a request, alone", "lab3-multiclient").unwrap();
    // A packet for the request and one for the reply. On a busy machine, some are acknowledged apart.
    for count in [packets, seen] {
        assert!((2.0..4.0).contains(&count), "{packets}, and tcpdump saw {seen}");
    }
    // What a request and its reply say, and the headers of each packet: 20 of IP, 32 of TCP.
    let payload = f64::from(u32::try_from(GET.0.len() + GET.1.len()).unwrap());
    let bytes = figure(found, "bytes a request, alone", "lab3-multiclient").unwrap();
    assert!((bytes - (payload + packets * 52.0)).abs() < 1e-6, "{bytes}, {packets} packets");
}

#[test]
#[ignore = "needs strace, ss and redis-server"]
fn a_comparison_counts_the_memory_of_keys() {
    let (found, _) = whole();
    for name in SERVERS {
        let bytes = figure(found, "memory a key", name).unwrap();
        // A key and a value of 16 bytes each take no less, and no server takes thirty times as much.
        assert!((32.0..1_000.0).contains(&bytes), "{name}: {bytes}");
        let peak = figure(found, "peak memory", name).unwrap();
        assert!(peak > f64::from(1 << 20), "{name}: no server is so small: {peak}");
    }
}

#[test]
#[ignore = "needs strace, ss and redis-server"]
fn a_comparison_counts_threads_that_have_ended_and_the_memory_of_silent_clients() {
    let (found, _) = whole();
    let of = |row: &str, name: &str| figure(found, row, name).unwrap();
    // A thread that waits for its only client sleeps and wakes about once a request. The thread that is left at the
    // end has accepted the clients: 50 for 10,000 requests.
    for load in ["1 client", "50 clients"] {
        let switches = of(&format!("switches, {load}"), "threads");
        assert!(switches > 0.05, "{load}: {switches}");
        let cpu = of(&format!("CPU a request, {load}"), "threads");
        assert!(cpu > 1.0, "{load}: no two system calls are so cheap: {cpu}");
    }
    for name in ["lab3-multiclient", "lab4-fair", "threads", "redis-server"] {
        let bytes = of("memory a silent client", name);
        assert!((64.0..100_000.0).contains(&bytes), "{name}: {bytes}");
    }
}
