//! gdb tells the same lines: a server is stopped while it sleeps in a call, and its stack names the lines that the film of a
//! recording shows for this call.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use harness::calls;
use harness::group::Group;
use harness::scenario;
use lens::record::{Options, Runs, record};
use replay::film::Film;
use tempfile::TempDir;
use testkit::{LIMIT, Peer, wait_until};

use crate::support::{film, lab};

/// A file below the top folder of the kit, and a line in it.
type Line = (String, u32);

/// Starts a lab below gdb, lets clients come, and stops the lab when it sleeps in this call. Returns the lines of the kit on
/// its stack, the outermost first.
fn stopped_in(
    package: &str,
    call: &str,
    clients: impl FnOnce(SocketAddr) -> Vec<Peer>,
) -> Vec<Line> {
    let place = TempDir::new().unwrap();
    let mut command = Command::new("gdb");
    command.args(["-batch", "-q", "-nx", "-ex", "run", "-ex", "thread apply 1 bt", "--args"]);
    command.arg(lab(package)).args(["--port", "0"]).current_dir(place.path());
    let mut gdb = Group::start_piped(&mut command).unwrap();
    let (said, ready) = gdb.stdout.until(LIMIT, ready);
    let (addr, pid) = ready.unwrap_or_else(|| panic!("{said:#?} {:#?}", gdb.stderr.rest()));
    let clients = clients(addr);
    wait_until(&format!("{package} sleeps in {call}"), || {
        let inside = fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap();
        let number = inside.split_whitespace().next().and_then(|number| number.parse().ok());
        number.and_then(calls::name) == Some(call)
    });
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert!(gdb.wait(LIMIT).unwrap().is_some(), "gdb does not end");
    drop(clients);
    let stack = gdb.stdout.rest();
    let mut lines: Vec<Line> = stack.iter().filter_map(|frame| line(frame)).collect();
    assert!(!lines.is_empty(), "{stack:#?}");
    lines.reverse();
    lines
}

/// The address and the process of the server, in the line that says that it is ready.
fn ready(line: &str) -> Option<(SocketAddr, String)> {
    let (_, said) = line.split_once(" listening on ")?;
    let (addr, pid) = said.split_once(" (pid ")?;
    Some((addr.parse().ok()?, pid.trim_end_matches(')').to_owned()))
}

/// The line of the kit in `#6  0x… in lab1_blocking::server::run (…) at labs/lab1-blocking/src/server.rs:24`.
fn line(frame: &str) -> Option<Line> {
    let (_, place) = frame.starts_with('#').then(|| frame.rsplit_once(" at "))??;
    let (file, number) = place.rsplit_once(':')?;
    let is_own = file.starts_with("labs/") || file.starts_with("shared/");
    Some((file.to_owned(), number.parse().ok()?)).filter(|_| is_own)
}

fn recorded(package: &str, scenario: &str) -> Film {
    let place = TempDir::new().unwrap();
    let options = Options {
        lab: harness::labs::find(package).unwrap(),
        scenario: scenario::find(scenario).unwrap(),
        out: place.path().join("recording"),
        port: 0,
        binary: Some(lab(package)),
        options: Vec::new(),
        runs: Runs::Both,
    };
    record(&options, &mut Vec::new()).unwrap();
    film(&options.out)
}

/// Compares all calls of this name in which the server sleeps.
fn compare(film: &Film, call: &str, gdb: &[Line]) {
    let asleep = film.calls.iter().filter(|it| it.asleep && it.name == call && !it.path.is_empty());
    let lines = asleep.map(|it| {
        let frames = it.path.iter().map(|frame| &film.frames[*frame]);
        frames.map(|frame| (frame.file.clone(), frame.line)).collect::<Vec<Line>>()
    });
    let lines: Vec<Vec<Line>> = lines.collect();
    assert!(!lines.is_empty(), "{} never sleeps in {call}", film.server);
    assert!(lines.iter().all(|it| it == gdb), "{}, {call}: {lines:?}\n{gdb:?}", film.server);
}

fn nobody(_: SocketAddr) -> Vec<Peer> {
    Vec::new()
}

/// A client that has its reply, and stays.
fn one_that_stays(addr: SocketAddr) -> Vec<Peer> {
    let mut peer = Peer::connect(addr);
    peer.send("PING\r\n").read_line();
    vec![peer]
}

/// A client that asks for 12 MB and reads nothing.
fn one_that_does_not_read(addr: SocketAddr) -> Vec<Peer> {
    let mut peer = Peer::connect(addr);
    peer.send(format!("SET big {}\r\n", "x".repeat(60_000))).read_line();
    peer.send("GET big\r\n".repeat(200));
    vec![peer]
}

#[test]
#[ignore = "needs gdb and strace"]
fn gdb_tells_the_lines_where_a_blocking_server_sleeps() {
    for package in ["lab1-blocking", "lab2-resp"] {
        let film = recorded(package, "two-clients");
        compare(&film, "accept4", &stopped_in(package, "accept4", nobody));
        compare(&film, "recvfrom", &stopped_in(package, "recvfrom", one_that_stays));
        let film = recorded(package, "slow-reader");
        compare(&film, "sendto", &stopped_in(package, "sendto", one_that_does_not_read));
    }
}

#[test]
#[ignore = "needs gdb and strace"]
fn gdb_tells_the_lines_where_an_event_loop_sleeps() {
    for package in ["lab3-multiclient", "lab4-fair"] {
        let film = recorded(package, "two-clients");
        compare(&film, "epoll_wait", &stopped_in(package, "epoll_wait", nobody));
        compare(&film, "epoll_wait", &stopped_in(package, "epoll_wait", one_that_stays));
    }
}
