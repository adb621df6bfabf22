//! What a soak has shown: a table for people, an object for machines.

use std::io::{self, Write};
use std::time::Duration;

use hdrhistogram::Histogram;
use kit::bench::text::{micros, number, seconds, time};
use serde_json::{Value, json};

use super::book::{COUNTS, Count};
use super::look::{Look, Memory};
use super::outcome::Outcome;

/// How long the quiet client waited: the columns, with the share of all that each tells of.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.50), ("p99", 0.99), ("max", 1.0)];

/// Memory for people.
pub fn mebibytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1 << 20);
    format!("{}.{} MiB", number(tenths / 10), tenths % 10)
}

/// The table and the verdict.
///
/// # Errors
/// If it cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let Outcome { name, addr, seed, .. } = outcome;
    let elapsed = time(outcome.elapsed);
    writeln!(out, "{name} on {addr}, {elapsed}, seed {seed}\n")?;
    let mut row = |name: &str, text: &str| writeln!(out, "{name:<26}{text}");
    for (count, name) in COUNTS.into_iter().filter(|(count, _)| *count != Count::Held) {
        row(name, &format!("{:>13}", number(outcome.count(count))))?;
    }
    row("wrong answers", &format!("{:>13}", number(outcome.troubles.wrong.count)))?;
    row("clients let down", &format!("{:>13}", number(outcome.troubles.lost.count)))?;
    row("PING beside all that", &quiet(&outcome.quiet))?;
    row("memory (RSS)", &resource(outcome, |look| mebibytes(look.memory)))?;
    if let Memory::Judged(lowest) = outcome.memory() {
        let lowest = lowest.map(mebibytes).join(", ");
        row("", &format!("lowest in the 2nd, 3rd, last quarter: {lowest}"))?;
    } else {
        let minutes = Memory::minutes_for(outcome.clients);
        row("", &format!("too short to tell whether it grows: that takes {minutes} minutes"))?;
    }
    row("descriptors", &resource(outcome, |look| number(look.descriptors)))?;
    row("threads", &resource(outcome, |look| number(look.threads)))?;
    row("CPU", &cpu(outcome))?;
    writeln!(out)?;
    let problems = outcome.problems();
    for problem in &problems {
        writeln!(out, "WRONG: {problem}")?;
    }
    for line in outcome.death.iter().flat_map(|(_, lines)| lines) {
        writeln!(out, "  | {line}")?;
    }
    if problems.is_empty() {
        writeln!(out, "{}", praise(outcome))
    } else {
        writeln!(out, "The random choices can be had again: --seed {seed}")
    }
}

/// What was found, if it was nothing: only what was looked for.
fn praise(outcome: &Outcome) -> String {
    let mut found = vec!["every answer was right, and no client was let down"];
    if outcome.looks.end.is_some() {
        found.push("no descriptor leaks");
    }
    if outcome.memory() != Memory::NotJudged {
        found.push("memory does not grow");
    }
    format!("ok: {}", found.join("; "))
}

fn quiet(times: &Histogram<u64>) -> String {
    let columns = QUANTILES.map(|(name, quantile)| format!("{name} {}", time(at(times, quantile))));
    columns.join(", ")
}

fn at(times: &Histogram<u64>, quantile: f64) -> Duration {
    Duration::from_nanos(times.value_at_quantile(quantile))
}

/// Something the server has: before, settled, at the end of the load, and when all have left.
fn resource(outcome: &Outcome, of: impl Fn(&Look) -> String) -> String {
    let looks = &outcome.looks;
    let during = &looks.during;
    let moments = [
        ("at the start", looks.start.as_ref()),
        ("settled", during.get(during.len() / 4)),
        ("at the last", during.last()),
        ("when all had left", looks.end.as_ref()),
    ];
    let told = moments.into_iter().filter_map(|(when, look)| Some(format!("{} {when}", of(look?))));
    let told: Vec<_> = told.collect();
    if told.is_empty() {
        "not seen: there is no /proc that tells".to_owned()
    } else {
        told.join(", ")
    }
}

fn cpu(outcome: &Outcome) -> String {
    let (Some(first), Some(last)) = (outcome.looks.start, outcome.looks.during.last()) else {
        return "not seen".to_owned();
    };
    let used = last.cpu.saturating_sub(first.cpu);
    let share = 100.0 * used.as_secs_f64() / outcome.elapsed.as_secs_f64().max(0.001);
    format!("{} ({share:.0} % of one)", time(used))
}

/// The same as one JSON object.
pub fn json(outcome: &Outcome) -> Value {
    let counts = COUNTS.into_iter().filter(|(count, _)| *count != Count::Held);
    let counts: serde_json::Map<_, _> =
        counts.map(|(count, name)| (key(name), json!(outcome.count(count)))).collect();
    let quiet = QUANTILES.map(|(name, quantile)| {
        (format!("{name}_us"), json!(micros(at(&outcome.quiet, quantile))))
    });
    let lowest = match outcome.memory() {
        Memory::Judged(lowest) => json!(lowest),
        Memory::NotJudged => Value::Null,
    };
    let problems = outcome.problems();
    json!({
        "server": outcome.name,
        "address": outcome.addr.to_string(),
        "seed": outcome.seed,
        "clients": outcome.clients,
        "elapsed_s": seconds(outcome.elapsed),
        "passed": problems.is_empty(),
        "problems": problems,
        "counts": counts,
        "wrong_answers": outcome.troubles.wrong.count,
        "clients_let_down": outcome.troubles.lost.count,
        "ping": serde_json::Map::from_iter(quiet),
        "lowest_memory_of_quarters_bytes": lowest,
        "start": outcome.looks.start.map(look),
        "during": outcome.looks.during.iter().copied().map(look).collect::<Vec<_>>(),
        "end": outcome.looks.end.map(look),
    })
}

fn key(name: &str) -> String {
    name.replace(", ", " ").replace(['-', ' '], "_")
}

fn look(look: Look) -> Value {
    json!({
        "memory_bytes": look.memory,
        "descriptors": look.descriptors,
        "threads": look.threads,
        "cpu_s": seconds(look.cpu),
    })
}
