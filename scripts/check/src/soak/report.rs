//! The report: a table for people, an object for machines.

use std::io::{self, Write};

use indicatif::BinaryBytes;
use kit::bench::text::{micros, number, seconds, time};
use serde_json::{Map, Value, json};

use super::counters::COUNTS;
use super::outcome::Outcome;
use super::snapshot::{Snapshot, Snapshots, minutes_to_judge};

/// The quantiles of the probe's times, and their names.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.50), ("p99", 0.99), ("max", 1.0)];

/// Writes the table and the verdict.
pub fn write(outcome: &Outcome<'_>, out: &mut impl Write) -> io::Result<()> {
    let Outcome { name, addr, seed, counters, .. } = outcome;
    writeln!(out, "{name} on {addr}, {}, seed {seed}\n", time(outcome.elapsed))?;
    for (count, name) in COUNTS {
        writeln!(out, "{name:<26}{:>13}", number(counters.count(count)))?;
    }
    let times = QUANTILES
        .map(|(name, quantile)| format!("{name} {}", time(counters.ping_times().at(quantile))));
    writeln!(out, "{:<26}{}\n", "PING meanwhile", times.join(", "))?;
    write_resources(outcome, out)?;
    write_verdict(outcome, out)
}

/// What the server used: before the clients, when it had settled, at their end, and after they had left.
fn write_resources(outcome: &Outcome<'_>, out: &mut impl Write) -> io::Result<()> {
    let Snapshots { before, during, after } = &outcome.snapshots;
    let last = during.last().copied();
    let moments = [
        ("at the start", *before),
        ("settled", during.get(during.len() / 4).copied()),
        ("at the end", last),
        ("all have left", *after),
    ];
    let seen: Vec<(&str, Snapshot)> =
        moments.into_iter().filter_map(|(when, snapshot)| Some((when, snapshot?))).collect();
    if seen.is_empty() {
        return writeln!(out, "memory, descriptors, threads and CPU: this user cannot see them\n");
    }
    let mut row = |name: &str, cell: &dyn Fn(&str, Snapshot) -> String| {
        let cells = seen.iter().map(|(when, snapshot)| format!("{:>14}", cell(when, *snapshot)));
        writeln!(out, "{name:<22}{}", cells.collect::<String>())
    };
    row("", &|when, _| when.to_owned())?;
    row("memory (RSS)", &|_, snapshot| BinaryBytes(snapshot.memory).to_string())?;
    row("descriptors", &|_, snapshot| number(snapshot.descriptors))?;
    row("threads", &|_, snapshot| number(snapshot.threads))?;
    if let (Some(before), Some(last)) = (before, last) {
        let used = last.cpu.saturating_sub(before.cpu);
        let share = 100.0 * used.as_secs_f64() / outcome.elapsed.as_secs_f64().max(0.001);
        writeln!(out, "{:<26}{} ({share:.0} % of one processor)", "CPU time", time(used))?;
    }
    let growth = match outcome.lowest_memory() {
        Some(lowest) => {
            let lowest = lowest.map(|bytes| BinaryBytes(bytes).to_string()).join(", ");
            format!("lowest in quarters 2, 3, 4: {lowest}")
        }
        None => format!("not judged: that takes {} minutes", minutes_to_judge(outcome.clients)),
    };
    writeln!(out, "{:<26}{growth}\n", "growth of memory")
}

fn write_verdict(outcome: &Outcome<'_>, out: &mut impl Write) -> io::Result<()> {
    let problems = outcome.problems();
    for problem in &problems {
        writeln!(out, "WRONG: {problem}")?;
    }
    for line in &outcome.last_lines {
        writeln!(out, "  | {line}")?;
    }
    if !problems.is_empty() {
        return writeln!(out, "To repeat the random choices: --seed {}", outcome.seed);
    }
    writeln!(out, "ok: every answer was right, and no connection was lost")?;
    if outcome.snapshots.after.is_some() {
        writeln!(out, "ok: no descriptor leaks")?;
    }
    if outcome.lowest_memory().is_some() {
        writeln!(out, "ok: memory does not grow")?;
    }
    Ok(())
}

/// The same as one JSON object.
pub fn json(outcome: &Outcome<'_>) -> Value {
    let Outcome { counters, snapshots, .. } = outcome;
    let key = |name: &str| name.replace(", ", " ").replace(['-', ' '], "_");
    let counts = COUNTS.map(|(count, name)| (key(name), json!(counters.count(count))));
    let ping = QUANTILES.map(|(name, quantile)| {
        (format!("{name}_us"), json!(micros(counters.ping_times().at(quantile))))
    });
    let problems = outcome.problems();
    json!({
        "server": outcome.name,
        "address": outcome.addr.to_string(),
        "seed": outcome.seed,
        "clients": outcome.clients,
        "elapsed_s": seconds(outcome.elapsed),
        "passed": problems.is_empty(),
        "problems": problems,
        "counts": Map::from_iter(counts),
        "ping": Map::from_iter(ping),
        "lowest_memory_of_quarters_bytes": outcome.lowest_memory(),
        "start": snapshots.before.map(resources),
        "during": snapshots.during.iter().copied().map(resources).collect::<Vec<_>>(),
        "end": snapshots.after.map(resources),
    })
}

fn resources(snapshot: Snapshot) -> Value {
    json!({
        "memory_bytes": snapshot.memory,
        "descriptors": snapshot.descriptors,
        "threads": snapshot.threads,
        "cpu_s": seconds(snapshot.cpu),
    })
}
