//! A comparison for tests: the recordings of the kit, and loads that are made by hand.

use std::path::PathBuf;
use std::process::Command;

use lens::bench::figure;
use lens::measure::Machine;
use lens::report::model::{
    CallsPerRequest, Cell, Comparison, Flame, Latencies, Lesson, Loaded, Missing, Row, Stage,
};
use lens::view::Recorded;
use lens::view::request::Request;
use lens::view::timeline::{Facts, Timeline};

use super::root;

/// Name, what it is, its recording, how fast it is, and how many it serves at once. There is no recording of
/// lab 4: its timeline would be that of lab 3.
const STAGES: [(&str, &str, &str, f64, u32); 5] = [
    ("lab1-blocking", "one client at a time, plain lines", "labs/lab1-blocking", 21_000.0, 1),
    ("lab2-resp", "one client at a time, RESP", "labs/lab2-resp", 22_000.0, 1),
    (
        "lab3-multiclient",
        "many clients on one thread, RESP",
        "labs/lab3-multiclient",
        24_000.0,
        500,
    ),
    ("lab4-fair", "many clients on one thread, fairly", LAB4, 25_000.0, 500),
    (
        "redis-server",
        "Redis 7.0, for comparison",
        "scripts/lens/recordings/redis-server",
        23_000.0,
        500,
    ),
];

const LAB4: &str = "labs/lab4-fair";

/// All that a comparison can have.
pub fn whole() -> Comparison {
    let stages: Vec<Stage> = STAGES.into_iter().map(stage).collect();
    Comparison {
        date: "2026-11-21T08:00:00Z".into(),
        machine: Some(Machine::this()),
        rows: rows(&stages),
        stages,
        lessons: vec![
            lesson(("lab1-blocking", "lab2-resp"), "the protocol changes", "1"),
            lesson(("lab2-resp", "lab3-multiclient"), "the waiting changes", "2"),
            lesson(("lab3-multiclient", "lab4-fair"), "the sharing changes", "3"),
        ],
        missing: vec![Missing {
            stage: Some("redis-server".into()),
            what: "its flame graph of the time on a processor".into(),
            why: "perf may not look at it: sudo sysctl kernel.perf_event_paranoid=1".into(),
        }],
    }
}

/// Nothing could be measured.
pub fn nothing() -> Comparison {
    Comparison {
        date: "2026-11-21T08:00:00Z".into(),
        machine: None,
        stages: Vec::new(),
        rows: Vec::new(),
        lessons: Vec::new(),
        missing: vec![Missing {
            stage: None,
            what: "all".into(),
            why: "no lab could be built.".into(),
        }],
    }
}

/// Stages of which nothing is known.
pub fn bare() -> Comparison {
    let bare = |(name, about, ..): (&str, &str, &str, f64, u32)| Stage {
        name: name.into(),
        short: short(name),
        about: about.into(),
        readme: None,
        timeline: None,
        same_as: None,
        request: None,
        loads: Vec::new(),
        quiet: None,
        calls: None,
        flames: Vec::new(),
    };
    Comparison { stages: STAGES.into_iter().map(bare).collect(), ..nothing() }
}

fn stage((name, about, folder, rate, at_once): (&str, &str, &str, f64, u32)) -> Stage {
    let recorded = (folder != LAB4).then(|| {
        Recorded::read(&root().join(folder).join("recordings/two-clients"))
            .or_else(|_| Recorded::read(&root().join(folder).join("two-clients")))
            .unwrap()
    });
    let load = |clients: u32| {
        let is_late = clients > at_once;
        Loaded {
            clients,
            served_at_once: Some(clients.min(at_once)),
            per_second: Some(rate * if is_late { 0.8 } else { f64::from(clients).powf(0.22) }),
            latencies: (!is_late || clients < 500)
                .then(|| latencies(1e6 * f64::from(clients) / rate, is_late)),
            fate: is_late.then(|| format!("they took turns: 1 of {clients} was served at a time.")),
        }
    };
    let sleep = if at_once > 1 { vec![("epoll_wait", 1.0)] } else { Vec::new() };
    let counted = |share: f64| {
        let (read, write) =
            if name == "redis-server" { ("read", "write") } else { ("recvfrom", "sendto") };
        let all = [vec![(read, 1.0), (write, 1.0)], sleep.clone()].concat();
        all.into_iter().map(|(call, count)| (call.to_owned(), count * share)).collect()
    };
    let mut flames = vec![flame(name, true)];
    flames.extend((name != "redis-server").then(|| flame(name, false)));
    Stage {
        name: name.into(),
        short: short(name),
        about: about.into(),
        readme: (name != "redis-server").then(|| PathBuf::from(folder).join("README.md")),
        timeline: recorded.as_ref().map(|it| Timeline::new(it).unwrap()),
        same_as: (folder == LAB4).then(|| "lab3-multiclient".into()),
        request: recorded.as_ref().map(|it| Request::find(it, None, 1).unwrap()),
        loads: [1, 10, 50, 500].map(load).into(),
        quiet: (name != "lab2-resp")
            .then(|| latencies(if at_once > 1 { 60.0 } else { 400_000.0 }, false)),
        calls: Some(CallsPerRequest { alone: counted(1.0), pipelined: counted(1.0 / 16.0) }),
        flames,
    }
}

/// `lab1` for `lab1-blocking`.
fn short(name: &str) -> String {
    name.split('-').next().unwrap().into()
}

/// Latencies around `typical_us`, with a tail that is long if they took turns.
fn latencies(typical_us: f64, is_late: bool) -> Latencies {
    let tail = if is_late { 12.0 } else { 1.6 };
    let at = |part: f64| typical_us * 0.7 * (1.0 - part).powf(-0.1 * tail).max(1.0);
    let parts = (0..200).map(|step| 1.0 - 10_f64.powf(-f64::from(step) / 50.0)).chain([1.0]);
    let distribution = parts.map(|part| (at(f64::min(part, 0.9999)), part)).collect();
    Latencies {
        p50_us: at(0.5),
        p99_us: at(0.99),
        p999_us: at(0.999),
        max_us: at(0.9999),
        count: 20_000,
        distribution,
    }
}

/// Makes the cell of a stage.
type Figure = fn(&Stage) -> Cell;

fn rows(stages: &[Stage]) -> Vec<Row> {
    let clock = "The client's own clock.";
    let rows: [(&str, &str, &str, Figure); 6] = [
        ("B is connected", "µs", clock, |stage| micros(facts(stage).and_then(|it| it.connect_us))),
        ("B's first reply", "µs", clock, |stage| {
            micros(facts(stage).and_then(|it| it.first_reply_us))
        }),
        ("A held the server while B waited", "µs", "strace -T, calls about A added up.", |stage| {
            micros(facts(stage).map(|it| it.held_while_waiting_us))
        }),
        ("Throughput, 1 client", "requests/s", "The load generator of the kit, 2 s.", |stage| {
            number(stage.loads[0].per_second.unwrap())
        }),
        ("p99 with 500 clients", "ms", "The load generator of the kit, 2 s.", |stage| match stage
            .loads[3]
            .served_at_once
        {
            Some(1) => words("1 of 500 was served at a time; the others waited or gave up"),
            _ => number(9.8),
        }),
        (
            "Lines of its own code",
            "",
            "Lines in src/ that are neither empty nor comments.",
            |stage| {
                if stage.readme.is_some() { number(212.0) } else { words("not ours") }
            },
        ),
    ];
    let row = |(name, unit, how, of): (&str, &str, &str, Figure)| Row {
        group: if unit == "µs" { "Two clients" } else { "Load and code" }.into(),
        is_detail: name.starts_with("p99"),
        name: name.into(),
        unit: unit.into(),
        how: how.into(),
        cells: stages.iter().map(of).collect(),
    };
    rows.into_iter().map(row).collect()
}

fn facts(stage: &Stage) -> Option<&Facts> {
    Some(&stage.timeline.as_ref()?.facts)
}

fn micros(us: Option<u64>) -> Cell {
    us.map_or_else(|| words("never"), |us| number(f64::from(u32::try_from(us).unwrap())))
}

fn number(value: f64) -> Cell {
    Cell { value: Some(value), text: figure(value), is_by_turns: false }
}

fn words(text: &str) -> Cell {
    Cell { value: None, text: text.into(), is_by_turns: false }
}

fn lesson((from, to): (&str, &str), about: &str, number: &str) -> Lesson {
    let output = Command::new(root().join("scripts/lesson-diff.sh")).arg(number).output().unwrap();
    let diff = String::from_utf8(output.stdout).unwrap();
    Lesson { from: from.into(), to: to.into(), about: about.into(), diff }
}

/// A flame graph, drawn by what draws the real ones.
fn flame(name: &str, is_wall: bool) -> Flame {
    let ours = name.replace('-', "_");
    let stacks = [
        format!("all;{ours}::main;{ours}::serve;recv;[recvfrom] 940"),
        format!("all;{ours}::main;{ours}::serve;{ours}::answer;send;[sendto] 40"),
        format!("all;{ours}::main;core::fmt::write<T> 20"),
    ];
    let mut style = inferno::flamegraph::Options::default();
    let mut svg = Vec::new();
    inferno::flamegraph::from_lines(&mut style, stacks.iter().map(String::as_str), &mut svg)
        .unwrap();
    Flame { is_wall, svg: String::from_utf8(svg).unwrap() }
}
