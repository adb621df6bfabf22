//! The table: a row for each fact, a cell for each stage.

mod figures;

use super::calls::{is_read, is_write};
use super::measured::{Cost, Measured};
use super::packets::{OnWire, Traffic};
use crate::report::model::{BY_TURNS, CallsPerRequest, Cell, Latencies, Loaded, Row};
use crate::text::{self, thousands, time};

use figures::{few, memory, whole_time, with};

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

/// The rows, from top to bottom; one of which nobody knows anything is left out.
pub(super) fn all(stages: &[Measured], is_recorded: bool) -> Vec<Row> {
    let mut rows = Rows { stages, group: "Two clients".into(), done: Vec::new() };
    let of = |hows: [&'static str; 2]| hows[usize::from(is_recorded)];
    rows.add("B is connected", "µs", CLIENT, |it| whole_time(it.waited.map(|it| it.0)));
    rows.add("B has its first reply", "µs", CLIENT, |it| whole_time(it.waited.map(|it| it.1)));
    rows.add("A held the server", "µs", HELD, |it| whole_time(it.held));
    rows.group = "System calls".into();
    rows.of_calls(of(CALLS));
    rows.group = "Packets".into();
    rows.of_packets(of(PACKETS));
    for clients in counts(stages) {
        rows.group = format!("A load of {}", text::clients(clients));
        rows.of_load(clients);
        rows.of_costs(clients);
    }
    rows.group = "A quiet client beside a busy one".into();
    rows.of_quiet();
    rows.group = "Memory".into();
    rows.add("peak memory", "bytes", PEAK, |it| memory(it.peak));
    rows.add("memory a key", "bytes", KEY, |it| with(it.key, |bytes| format!("{bytes:.0} B")));
    rows.add("memory a silent client", "bytes", SILENT, |it| {
        with(it.silent, |bytes| format!("{} B", thousands(bytes)))
    });
    rows.group = "Code".into();
    rows.add("lines of its own code", "lines", LINES, |it| {
        let lines = it.lines.and_then(|lines| u32::try_from(lines).ok());
        with(lines.map(f64::from), few)
    });
    rows.done
}

/// All numbers of clients that somebody was loaded with, the fewest first.
fn counts(stages: &[Measured]) -> Vec<u32> {
    let mut counts: Vec<u32> =
        stages.iter().flat_map(|it| it.stage.loads.iter().map(|it| it.clients)).collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Rows in the making.
struct Rows<'a> {
    stages: &'a [Measured],
    /// The group of the next rows.
    group: String,
    done: Vec<Row>,
}

/// Parts of something, by name, and how to get them.
type Parts<T, R, const N: usize> = [(&'static str, fn(&T) -> R); N];

impl Rows<'_> {
    fn add(&mut self, name: &str, unit: &str, how: &str, cell: impl Fn(&Measured) -> Cell) {
        let cells: Vec<Cell> = self.stages.iter().map(cell).collect();
        if cells.iter().any(|cell| cell.text != figures::NOTHING) {
            let begins = DETAILS.iter().any(|start| name.starts_with(start));
            let is_detail = begins || name.ends_with(BETWEEN);
            let (name, unit, how) = (name.to_owned(), unit.to_owned(), how.to_owned());
            self.done.push(Row { group: self.group.clone(), is_detail, name, unit, how, cells });
        }
    }

    fn of_calls(&mut self, how: &str) {
        const WAYS: Parts<CallsPerRequest, Vec<(String, f64)>, 2> =
            [("alone", |it| it.alone.clone()), ("of 16", |it| it.pipelined.clone())];
        const KINDS: Parts<String, bool, 3> = [
            ("calls", |_| true),
            ("reads", |name| is_read(name)),
            ("writes", |name| is_write(name)),
        ];
        for (kind, is_kind) in KINDS {
            for (way, calls) in WAYS {
                self.add(&format!("{kind} a request, {way}"), kind, how, |it| {
                    let of = |it| calls(it).into_iter().filter(|(name, _)| is_kind(name));
                    let sum = |it| of(it).map(|(_, count)| count).sum();
                    with(it.stage.calls.as_ref().map(sum), few)
                });
            }
        }
    }

    fn of_packets(&mut self, how: &str) {
        const WAYS: Parts<Traffic, OnWire, 2> =
            [("alone", |it| it.alone), ("of 16", |it| it.pipelined)];
        let with_headers = format!("{how}; with 52 bytes for the headers of IP and TCP");
        for (way, of) in WAYS {
            self.add(&format!("packets a request, {way}"), "packets", how, |it| {
                with(it.traffic.as_ref().map(|it| of(it).packets), few)
            });
            self.add(&format!("bytes a request, {way}"), "bytes", &with_headers, |it| {
                with(it.traffic.as_ref().map(|it| of(it).bytes), |it| format!("{it:.1} B"))
            });
        }
    }

    fn of_load(&mut self, clients: u32) {
        const TIMES: Parts<Latencies, f64, 3> =
            [("p50", |it| it.p50_us), ("p99", |it| it.p99_us), ("p99.9", |it| it.p999_us)];
        let who = text::clients(clients);
        if clients > 1 {
            self.add(&format!("served at once, of {clients}"), "clients", SERVED, |it| {
                of(it, clients, |it| {
                    let text = it.fate.clone().unwrap_or_else(|| format!("all {clients}"));
                    Cell { value: it.served_at_once.map(f64::from), text }
                })
            });
        }
        self.add(&format!("requests/s, {who}"), "requests/s", BENCH, |it| {
            of(it, clients, |it| by_turns(it, with(it.per_second, thousands)))
        });
        for (name, figure) in TIMES {
            self.add(&format!("{name}, {who}"), "µs", BENCH, |it| {
                of(it, clients, |it| by_turns(it, with(it.latencies.as_ref().map(figure), time)))
            });
        }
    }

    fn of_costs(&mut self, clients: u32) {
        let of = |it: &Measured| it.costs.iter().copied().find(|cost| cost.clients == clients);
        self.add(&format!("CPU a request, {}", text::clients(clients)), "µs", CPU, |it| {
            with(of(it).map(|it: Cost| it.cpu_us), |it| format!("{it:.1} µs"))
        });
        self.add(&format!("switches, {}", text::clients(clients)), "a request", SWITCHES, |it| {
            with(of(it).map(|it| it.switches), few)
        });
    }

    /// How a quiet client fares beside a busy one.
    fn of_quiet(&mut self) {
        const TIMES: Parts<Latencies, f64, 3> =
            [("p50", |it| it.p50_us), ("p99", |it| it.p99_us), ("longest", |it| it.max_us)];
        for (name, figure) in TIMES {
            self.add(&format!("quiet beside busy, {name}"), "µs", QUIET, |it| {
                let cell = with(it.stage.quiet.as_ref().map(figure), time);
                let is_alone = it.stage.quiet.as_ref().is_some_and(Latencies::is_alone);
                if is_alone { Cell { text: cell.text + BY_TURNS, ..cell } } else { cell }
            });
        }
    }
}

/// The cell of a stage under a load.
fn of(it: &Measured, clients: u32, cell: impl Fn(&Loaded) -> Cell) -> Cell {
    let loaded = it.stage.loads.iter().find(|it| it.clients == clients);
    loaded.map_or_else(|| with(None, few), cell)
}

/// Figures of clients that came one after the other are not those of as many at once.
fn by_turns(loaded: &Loaded, cell: Cell) -> Cell {
    match (&loaded.fate, cell.value) {
        (Some(fate), None) => Cell { value: None, text: fate.clone() },
        (Some(_), Some(_)) if loaded.served_at_once < Some(loaded.clients) => {
            Cell { text: cell.text + BY_TURNS, ..cell }
        }
        _ => cell,
    }
}
