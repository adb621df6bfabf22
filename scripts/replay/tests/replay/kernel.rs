//! The kernel tells the same: while a scenario runs, `ss` is asked for the queues again and again. The film of that very run
//! shows the same queues at these times.

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;

use harness::scenario;
use lens::record::{Options, Runs, record};
use lens::view::Recorded;
use lens::view::timeline::Axis;
use replay::film::{Effect, Film};
use tempfile::TempDir;
use trace::client_log::now_us;

use crate::support::state::State;
use crate::support::{LABS, lab, root};

/// What happens so shortly before or after ss is asked, may or may not be seen, in microseconds.
const NEAR: i64 = 3_000;

/// What ss has said of a server.
#[derive(Debug, Default)]
struct Sample {
    /// From when to when it was asked, in microseconds since 1970.
    asked_us: (u64, u64),
    /// How many clients are in the accept queue.
    queue: usize,
    /// Of each connection, by the client's port.
    connections: HashMap<u16, Connection>,
}

#[derive(Debug, Clone, Copy)]
struct Connection {
    receive: usize,
    send: usize,
    /// The client has closed its side: the kernel counts that as one byte, until the server has read it.
    is_half_closed: bool,
}

/// Asks ss once. The address `[::ffff:127.0.0.1]:PORT` would be the same.
fn ask(port: u16) -> Sample {
    let begun = now_us();
    let filter = format!("sport = :{port}");
    let output = Command::new("ss").args(["-H", "-t", "-a", "-n", &filter]).output().unwrap();
    let mut sample = Sample { asked_us: (begun, now_us()), ..Sample::default() };
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [state, receive, send, _, peer, ..] = fields[..] else { panic!("{line}") };
        let [receive, send] = [receive, send].map(|count| count.parse::<usize>().unwrap());
        if state == "LISTEN" {
            sample.queue = receive;
        } else if let (true, Ok(port)) =
            (["ESTAB", "CLOSE-WAIT"].contains(&state), peer.rsplit(':').next().unwrap().parse())
        {
            let is_half_closed = state == "CLOSE-WAIT";
            sample.connections.insert(port, Connection { receive, send, is_half_closed });
        }
    }
    sample
}

/// Finds the port of the server in what is told while it is recorded.
struct PortIn<'a>(&'a AtomicU16);

impl Write for PortIn<'_> {
    fn write(&mut self, told: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(told);
        let port = text.rsplit_once("'tcp port ").and_then(|(_, port)| port.split('\'').next());
        if let Some(port) = port.and_then(|port| port.parse().ok()) {
            self.0.store(port, Ordering::SeqCst);
        }
        Ok(told.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What stops asking.
const OVER: u16 = 1;

/// Records a scenario, and asks ss all the time.
fn record_and_ask(package: &str, scenario: &str) -> (Recorded, Film, Vec<Sample>) {
    let place = TempDir::new().unwrap();
    let (binary, options) = (Some(lab(package)), Vec::new());
    let asked = Options {
        lab: harness::labs::find(package).unwrap(),
        scenario: scenario::find(scenario).unwrap(),
        out: place.path().join("recording"),
        port: 0,
        binary,
        options,
        runs: Runs::Times,
    };
    let port = AtomicU16::new(0);
    let samples = thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut samples = Vec::new();
            loop {
                match port.load(Ordering::SeqCst) {
                    OVER => return samples,
                    0 => thread::yield_now(),
                    port => samples.push(ask(port)),
                }
            }
        });
        let recorded = record(&asked, &mut PortIn(&port));
        port.store(OVER, Ordering::SeqCst);
        recorded.unwrap();
        asking.join().unwrap()
    });
    let recorded = Recorded::read(&asked.out).unwrap();
    let film = Film::new(&recorded, &root());
    (recorded, film, samples)
}

/// How much was compared, and how much of that was not nothing.
#[derive(Debug, Default)]
struct Compared {
    all: usize,
    queued: usize,
    received: usize,
    unsent: usize,
}

/// Compares all samples near which nothing happens.
fn compare(package: &str, scenario: &str) -> Compared {
    let (recorded, film, samples) = record_and_ask(package, scenario);
    assert!(film.has_packets, "{:?}", film.notes);
    let axis = Axis::new(&recorded);
    let mut compared = Compared::default();
    for sample in &samples {
        let (from, until) = (axis.at(sample.asked_us.0), axis.at(sample.asked_us.1));
        let near = |at: i64| (from - NEAR..=until + NEAR).contains(&at);
        let changes = |it: &Effect| {
            !matches!(it, Effect::Begins { .. } | Effect::Returns { .. } | Effect::Log { .. })
        };
        let moments = film.moments.iter().filter(|it| near(it.at));
        let is_quiet = !moments.flat_map(|it| &it.does).any(changes);
        if !is_quiet || from < film.window.0 || until > film.window.1 {
            continue;
        }
        let state = State::at(&film, from);
        let what = format!("{package} {scenario} at {from}: {sample:?}\n{state:?}");
        assert_eq!(state.queue.len(), sample.queue, "the accept queue of {what}");
        for (port, connection) in &sample.connections {
            let Some(client) = recorded.name_of(*port) else { continue };
            let receive = State::bytes(&state.receive, client);
            let end = usize::from(connection.is_half_closed);
            let told = receive..=receive + end;
            assert!(told.contains(&connection.receive), "the receive buffer of {client}, {what}");
            let send = State::bytes(&state.send, client);
            let more = send + on_its_way(&film, &state);
            assert!(
                (send..=more).contains(&connection.send),
                "the send buffer of {client}, {what}"
            );
            compared.received += usize::from(receive > 0);
            compared.unsent += usize::from(send > 0);
        }
        compared.queued += usize::from(!state.queue.is_empty());
        compared.all += 1;
    }
    println!("{package} {scenario}: {} samples, {compared:?}", samples.len());
    compared
}

/// While a call that sends sleeps, nothing tells how many of its bytes the kernel has: no more than it has in the end.
fn on_its_way(film: &Film, state: &State) -> usize {
    let Some(call) = state.inside else { return 0 };
    let is_end = |effect: &Effect| matches!(effect, Effect::Returns { call: it } if *it == call);
    let end = film.moments.iter().find(|moment| moment.does.iter().any(is_end));
    let written = |effect: &Effect| match effect {
        Effect::Written { bytes, .. } => *bytes,
        _ => 0,
    };
    end.map_or(0, |moment| moment.does.iter().map(written).sum())
}

#[test]
#[ignore = "needs strace, tcpdump and ss"]
fn ss_tells_the_same_of_two_clients() {
    for package in LABS {
        let compared = compare(package, "two-clients");
        assert!(compared.all > 5, "{package}: {compared:?}");
        let is_blocking = package < "lab3";
        assert_eq!(compared.queued > 5, is_blocking, "{package}: {compared:?}");
        assert_eq!(compared.received > 5, is_blocking, "{package}: {compared:?}");
    }
}

#[test]
#[ignore = "needs strace, tcpdump and ss"]
fn ss_tells_the_same_of_a_client_that_does_not_read() {
    for package in LABS {
        let compared = compare(package, "slow-reader");
        assert!(compared.unsent > 5, "{package}: {compared:?}");
        assert_eq!(compared.queued > 5, package < "lab3", "{package}: {compared:?}");
    }
}

#[test]
#[ignore = "needs strace, tcpdump and ss"]
fn ss_tells_the_same_of_clients_that_stop_halfway_or_wait() {
    for package in LABS {
        // On a busy machine a short scenario may have no pause that is long enough.
        let compared = ["half", "split", "expiry"].map(|scenario| compare(package, scenario).all);
        assert!(compared.iter().sum::<usize>() > 10, "{package}: {compared:?}");
    }
}

#[test]
#[ignore = "needs strace, tcpdump and ss"]
fn ss_tells_the_same_of_a_queue_that_is_full() {
    // The kernel takes two clients into the queue of lab 1, and ignores the packets of the others.
    let compared = compare("lab1-blocking", "many");
    assert!(compared.queued > 20, "{compared:?}");
    compare("lab3-multiclient", "many");
}
