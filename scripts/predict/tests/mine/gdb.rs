//! No key is wrong: gdb tells the same line. It stops the server at each call and walks its stack, without strace and without
//! what reads strace; and which call is meant follows here from what the calls return.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::group::Group;
use harness::labs::{LABS, Lab, Serves};
use harness::scenario;
use predict::mine::choices::ask;
use predict::mine::measure;
use predict::mine::runs::{Runs, SCENARIOS};
use predict::mine::subject::Subject;
use serde::Deserialize;
use tempfile::TempDir;
use testkit::LIMIT;
use trace::client_log::{ClientEvent, EventKind};

use crate::kit;

/// gdb makes each call slow, so its clients wait so long for the server, as in a second run of a recording.
const SETTLE_MS: u64 = 300;
/// At most so many runs more.
const MORE: usize = 8;
/// EAGAIN, as the kernel returns it.
const EAGAIN: i64 = -11;

/// A call of the server's first thread, as `gdb.py` writes it.
#[derive(Debug, Clone, Deserialize)]
struct Call {
    name: String,
    fd: i64,
    result: i64,
    from_us: u64,
    until_us: u64,
    lines: Vec<(PathBuf, u32)>,
}

/// A scenario that a server has played below gdb.
struct Played {
    calls: Vec<Call>,
    events: Vec<ClientEvent>,
}

fn play(lab: Lab, binary: &Path, scenario: &str) -> Played {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("calls.json");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mine/gdb.py");
    let mut command = Command::new("gdb");
    command.args(["-batch", "-q", "-nx", "-x", script, "--args"]).arg(binary);
    command.args(["--port", "0"]).env("CALLS", &log).current_dir(folder.path());
    let mut gdb = Group::start_piped(&mut command).unwrap();
    // gdb writes to the same stdout.
    let (said, ready) = gdb.stdout.until(LIMIT, ready);
    let (addr, pid) = ready.unwrap_or_else(|| panic!("{said:#?} {:#?}", gdb.stderr.rest()));
    let scenario = scenario::find(scenario).unwrap().with_pauses(SETTLE_MS);
    let events = scenario::run(&scenario, addr, lab.protocol);
    // What it closes before its first client is no connection.
    let closed = |log: &str| {
        let served = log.split_once(r#""accept4""#).map_or("", |(_, served)| served);
        served.matches(r#""close""#).count()
    };
    testkit::wait_until("the server has closed all", || {
        closed(&fs::read_to_string(&log).unwrap()) >= events_that_close(&events)
    });
    assert!(Command::new("kill").arg(pid).status().unwrap().success());
    assert!(gdb.wait(LIMIT).unwrap().is_some(), "gdb does not end");
    let text = fs::read_to_string(&log).unwrap();
    Played { calls: text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), events }
}

/// The address and the process of the server, in the line that says that it is ready.
fn ready(line: &str) -> Option<(SocketAddr, String)> {
    let (_, said) = line.split_once(" listening on ")?;
    let (addr, pid) = said.split_once(" (pid ")?;
    Some((addr.parse().ok()?, pid.trim_end_matches(')').to_owned()))
}

fn events_that_close(events: &[ClientEvent]) -> usize {
    events.iter().filter(|event| event.what == EventKind::Closed).count()
}

impl Played {
    /// The calls about the client that was accepted as the `nth`, from 0.
    fn of_client(&self, nth: usize) -> Vec<&Call> {
        let accepted = |call: &Call| call.name == "accept4" && call.result >= 0;
        let places = self.calls.iter().enumerate().filter(|(_, call)| accepted(call));
        let (place, accept) = places.into_iter().nth(nth).unwrap();
        let mut calls = vec![accept];
        for call in &self.calls[place + 1..] {
            if call.fd == accept.result && call.name != "accept4" && !call.name.starts_with("epoll")
            {
                calls.push(call);
                if call.name == "close" {
                    break;
                }
            }
        }
        calls
    }

    fn at(&self, client: &str, is: impl Fn(&EventKind) -> bool) -> u64 {
        let of = |event: &&ClientEvent| event.client == client && is(&event.what);
        self.events.iter().find(of).unwrap().at_us
    }

    /// The call that took most of the time between two others.
    fn longest(&self, from: u64, until: u64) -> Vec<&Call> {
        let overlap =
            |call: &&Call| call.until_us.min(until).saturating_sub(call.from_us.max(from));
        self.calls.iter().max_by_key(overlap).into_iter().collect()
    }

    fn while_b_waits(&self) -> Vec<&Call> {
        let reply = |what: &EventKind| matches!(what, EventKind::Received { .. });
        let asks = |what: &EventKind| *what == EventKind::Connecting;
        self.longest(self.at("B", asks), self.at("B", reply))
    }
}

/// The line of the lab from which all these calls were made: the innermost one below its folder.
fn line(calls: &[&Call], lab: Lab) -> String {
    let folder = kit().lab(lab).join("src");
    let lines: Vec<String> = calls
        .iter()
        .map(|call| {
            let own = call.lines.iter().find(|(file, _)| file.starts_with(&folder));
            let (file, number) = own.unwrap_or_else(|| panic!("no line of the lab: {call:?}"));
            format!("{}:{number}", file.file_name().unwrap().to_str().unwrap())
        })
        .collect();
    let first = lines.first().unwrap_or_else(|| panic!("no such call of {}", lab.short)).clone();
    assert!(lines.iter().all(|line| *line == first), "{lines:?}");
    first
}

/// The right line of each question, by gdb.
fn by_gdb(lab: Lab, binary: &Path) -> BTreeMap<&'static str, String> {
    let [two, pipeline, split, slow] = SCENARIOS.map(|scenario| play(lab, binary, scenario));
    let of = |played: &'_ Played, client: usize, is: &dyn Fn(&Call) -> bool| {
        let calls = played.of_client(client).into_iter().filter(|call| is(call)).cloned();
        calls.collect::<Vec<Call>>()
    };
    let accept = of(&two, 1, &|call| call.name == "accept4");
    let left = of(&two, 0, &|call| call.name == "recvfrom" && call.result == 0);
    let closed = of(&two, 0, &|call| call.name == "close");
    let sent = of(&pipeline, 0, &|call| call.name == "sendto" && call.result > 0);
    // The third piece is read last before the reply.
    let is_talk =
        |call: &&Call| ["recvfrom", "sendto"].contains(&call.name.as_str()) && call.result > 0;
    let talk: Vec<&Call> = split.of_client(0).into_iter().filter(is_talk).collect();
    let third = talk.iter().take_while(|call| call.name == "recvfrom").last().unwrap();
    let full = of(&slow, 0, &|call| call.name == "sendto" && call.result == EAGAIN);
    let mut found = BTreeMap::new();
    let mut add = |name, calls: Vec<&Call>| _ = found.insert(name, line(&calls, lab));
    add("own-accepted", accept.iter().collect());
    add("own-closed", closed.iter().collect());
    // The last reply answers the one command that follows the 16.
    add("own-replied", sent[..sent.len() - 1].iter().collect());
    add("own-third-piece", vec![third]);
    if lab.serves == Serves::Many {
        let silent = two.at("A", |what| matches!(what, EventKind::Received { .. }));
        let gone = two.at("A", |what| *what == EventKind::Closed);
        add("own-left", left.iter().collect());
        add("own-slept", two.longest(silent, gone));
        add("own-send-buffer-full", full.iter().collect());
    } else {
        add("own-waited", two.while_b_waits());
        add("own-waited-for-slow-reader", slow.while_b_waits());
    }
    found
}

/// Records the lab so many times, and compares each key with what gdb says. Where a machine is busy, a run is not always as a
/// question says: then there are more runs, until each question has come up.
fn compare(lab: Lab, runs: usize) {
    let subject = Subject::of_the_kit(&kit(), lab).unwrap();
    let right = by_gdb(lab, &subject.binary);
    let folder = TempDir::new().unwrap();
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for run in 0..runs + MORE {
        if run >= runs && asked.len() == right.len() {
            break;
        }
        let recorded = Runs::record(&subject, folder.path()).unwrap();
        for measure in measure::of(lab.serves == Serves::Many) {
            let Ok(found) = measure(&recorded) else { continue };
            let Ok(item) = ask(&found, &subject.source) else { continue };
            let name = item.question.name;
            let expected = &right[name.as_str()];
            assert_eq!(&item.key.is, expected, "{} {name}, run {run}", lab.short);
            *asked.entry(name).or_default() += 1;
        }
    }
    println!("{}: {runs} runs, {asked:?}", lab.short);
    assert_eq!(asked.len(), right.len(), "some are never asked: {asked:?} {right:?}");
    let enough = |count: &usize| count * 2 >= runs;
    assert!(asked.values().all(enough), "in {runs} runs: {asked:?}");
}

#[test]
#[ignore = "needs gdb and strace"]
fn gdb_tells_the_same_lines_of_lab_1() {
    compare(LABS[0], 1);
}

#[test]
#[ignore = "needs gdb and strace"]
fn gdb_tells_the_same_lines_of_lab_2() {
    compare(LABS[1], 1);
}

#[test]
#[ignore = "needs gdb and strace"]
fn gdb_tells_the_same_lines_of_lab_3() {
    compare(LABS[2], 1);
}

/// How many runs the long tests record.
fn many() -> usize {
    env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(50)
}

#[test]
#[ignore = "needs gdb and strace, and some minutes"]
fn slow_gdb_tells_the_same_lines_of_lab_1_in_50_runs() {
    compare(LABS[0], many());
}

#[test]
#[ignore = "needs gdb and strace, and some minutes"]
fn slow_gdb_tells_the_same_lines_of_lab_2_in_50_runs() {
    compare(LABS[1], many());
}

#[test]
#[ignore = "needs gdb and strace, and some minutes"]
fn slow_gdb_tells_the_same_lines_of_lab_3_in_50_runs() {
    compare(LABS[2], many());
}
