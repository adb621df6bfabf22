//! The table: a row for each fact, a cell for each stage.

use super::figures::{NOTHING, few, mebibytes, micros, whole_time};
use super::measured::{Figure, Measured, WAYS};
use crate::report::model::{Cell, Row};
use crate::text::{counted, thousands, time};

const CLIENT: &str = "B's own clock, in the scenario two-clients";
const HELD: &str = "strace -T: the calls about A in which the server's thread was while B waited for its first reply";
/// Calls and packets, counted now, and in recordings.
const CALLS: [&str; 2] = [
    "the calls of all threads in the server's trace, between requests that mark where to count",
    "the calls about sockets and waiting in the recording of the scenario pipeline",
];
const PACKETS: [&str; 2] = [
    "segments of both directions (ss --info) before and after so many requests on one connection",
    "packets.pcap in the recording of the scenario pipeline, from a request to its reply",
];
const BYTES: [&str; 2] = [
    "segments of both directions (ss --info) before and after so many requests on one connection; with 52 bytes for the headers of IP and TCP",
    "packets.pcap in the recording of the scenario pipeline, from a request to its reply; with 52 bytes for the headers of IP and TCP",
];
const CPU: &str = "the CPU clock of the process (all threads) before and after the load, divided by the requests that were answered";
const SWITCHES: &str = "voluntary and involuntary ones of all threads (/proc/PID/task/*/status before the load, getrusage when the server has ended), divided by the requests that were answered";
const SILENT: &str = "VmRSS before and after 500 clients connect and send one PING, divided by them; a lab that serves one client at a time holds no second one";
const SERVED: &str =
    "clients with a first reply and without their last one, at the same time (bench of a lab)";
const BENCH: &str = "bench of a lab; a reply's wait begins when the client asks, the first one's when it dials; of one client, the median of three loads";
const QUIET: &str =
    "a client that asks every 2 ms, beside one that sends 64 requests at a time, all the time";
const PEAK: &str = "VmHWM in /proc/PID/status, the most after any of the loads";
const KEY: &str =
    "VmRSS of a fresh server before and after it is filled with keys and values of 16 bytes";
const LINES: &str = "lines in labs/*/src, without empty ones, comments and tests";

/// What few readers need: rows that begin like this, and all rows of a load between the smallest and the usual one.
const DETAILS: [&str; 8] = [
    "reads a request",
    "writes a request",
    "bytes a request",
    "p50,",
    "p99.9,",
    "switches,",
    "quiet beside busy, p",
    "peak memory",
];
const BETWEEN: &str = " 10 clients";

/// What a row says: its name, its unit, how it was measured, and how a figure of it is shown.
type Fact = (String, &'static str, &'static str, fn(f64) -> String);

/// The rows, from top to bottom; one of which nobody knows anything is left out.
pub(super) fn all(stages: &[Measured], is_recorded: bool) -> Vec<Row> {
    let groups = groups(&counts(stages), usize::from(is_recorded));
    let rows = |(group, facts): (String, Vec<Fact>)| {
        facts.into_iter().filter_map(move |fact| row(&group, fact, stages))
    };
    groups.into_iter().flat_map(rows).collect()
}

fn row(group: &str, (name, unit, how, shown): Fact, stages: &[Measured]) -> Option<Row> {
    let cell = |stage: &Measured| {
        let Figure { value, text, is_by_turns } = stage.figure(&name).cloned().unwrap_or_default();
        let text = text.or(value.map(shown)).unwrap_or_else(|| NOTHING.to_owned());
        Cell { value, text, is_by_turns }
    };
    let cells: Vec<Cell> = stages.iter().map(cell).collect();
    let is_known = cells.iter().any(|cell| cell.text != NOTHING);
    let is_detail = DETAILS.iter().any(|start| name.starts_with(start)) || name.ends_with(BETWEEN);
    let (group, unit, how) = (group.to_owned(), unit.to_owned(), how.to_owned());
    is_known.then_some(Row { group, is_detail, name, unit, how, cells })
}

/// All numbers of clients that somebody was loaded with, the fewest first.
fn counts(stages: &[Measured]) -> Vec<u32> {
    let mut counts: Vec<u32> =
        stages.iter().flat_map(|it| it.stage.loads.iter().map(|it| it.clients)).collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// The facts in groups, each with its heading.
fn groups(loads: &[u32], source: usize) -> Vec<(String, Vec<Fact>)> {
    let times = ["B is connected", "B has its first reply", "A held the server"];
    let hows = [CLIENT, CLIENT, HELD];
    let clients = times.iter().zip(hows).map(|(name, how)| fact(name, "µs", how, whole_time));
    let mut groups = vec![("Two clients".to_owned(), clients.collect())];
    let of =
        |kind| WAYS.map(|way| fact(&format!("{kind} a request, {way}"), kind, CALLS[source], few));
    groups.push(("System calls".to_owned(), ["calls", "reads", "writes"].map(of).concat()));
    let packets = WAYS.map(|way| {
        let bytes = |bytes| format!("{bytes:.1} B");
        [
            fact(&format!("packets a request, {way}"), "packets", PACKETS[source], few),
            fact(&format!("bytes a request, {way}"), "bytes", BYTES[source], bytes),
        ]
    });
    groups.push(("Packets".to_owned(), packets.concat()));
    groups.extend(
        loads
            .iter()
            .map(|count| (format!("A load of {}", counted(*count, "client")), under_load(*count))),
    );
    let quiet = ["p50", "p99", "longest"].map(|name| format!("quiet beside busy, {name}"));
    let quiet = quiet.iter().map(|name| fact(name, "µs", QUIET, time)).collect();
    groups.push(("A quiet client beside a busy one".to_owned(), quiet));
    let memory = vec![
        fact("peak memory", "bytes", PEAK, mebibytes),
        fact("memory a key", "bytes", KEY, |bytes| format!("{bytes:.0} B")),
        fact("memory a silent client", "bytes", SILENT, |bytes| format!("{} B", thousands(bytes))),
    ];
    groups.push(("Memory".to_owned(), memory));
    groups.push(("Code".to_owned(), vec![fact("lines of its own code", "lines", LINES, few)]));
    groups
}

fn fact(name: &str, unit: &'static str, how: &'static str, shown: fn(f64) -> String) -> Fact {
    (name.to_owned(), unit, how, shown)
}

fn under_load(clients: u32) -> Vec<Fact> {
    let load = counted(clients, "client");
    let mut facts: Vec<Fact> = Vec::new();
    if clients > 1 {
        facts.push((format!("served at once, of {clients}"), "clients", SERVED, few));
    }
    facts.push((format!("requests/s, {load}"), "requests/s", BENCH, thousands));
    for name in ["p50", "p99", "p99.9"] {
        facts.push((format!("{name}, {load}"), "µs", BENCH, time));
    }
    facts.push((format!("CPU a request, {load}"), "µs", CPU, micros));
    facts.push((format!("switches, {load}"), "a request", SWITCHES, few));
    facts
}
