//! The report as tables, for a terminal that is 80 columns wide.

use super::report::{Judged, RATIOS, Report, Row, SERVERS, measured};
use super::spread::Spread;
use crate::text::table::{Group, draw};
use crate::text::{figure, wrapped};

/// What was measured has lines of so many letters, beside the figures.
const ABOUT: usize = 26;

/// The whole report.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut parts = vec![head(report)];
    if !report.cpu.is_empty() {
        parts.push("CPU of the server a request, µs".to_owned());
        parts.push(figures(&report.cpu, &SERVERS, |row| row.about.clone()));
        parts.push("The same, as shares".to_owned());
        parts.push(ratios(&report.cpu));
        parts.push("Throughput and latency of lab4, as a share of redis".to_owned());
        parts.push(shares(report));
    }
    let (labs, others): (Vec<&Row>, Vec<&Row>) =
        report.others.iter().partition(|row| row.name.starts_with("lab"));
    if !others.is_empty() {
        parts.push("Besides the loads".to_owned());
        parts.push(figures(others, &SERVERS, with_target));
    }
    if !labs.is_empty() {
        parts.push("One client of labs 1 and 2: a round trip, p50, µs".to_owned());
        parts.push(figures(labs, &["redis", "lab1", "lab2"], with_target));
    }
    let missing = report.missing.iter().map(|why| wrapped(&format!("Not measured: {why}")));
    parts.extend(missing);
    parts.push(summary(report));
    parts.join("\n") + "\n"
}

fn head(report: &Report) -> String {
    let machine = &report.machine;
    let [about, busy @ ..] = &*machine.sentences() else { return String::new() };
    let mut lines = vec![about.clone()];
    lines.push(machine.redis_server.clone().unwrap_or_else(|| "no redis-server".to_owned()));
    lines.push(format!("CPU time from {}", report.clock.about()));
    let rounds = report.rounds;
    lines.push(format!("Median of {rounds} rounds; below it the lowest and the highest."));
    lines.extend_from_slice(busy);
    if report.is_quick {
        lines.push("A quick try, with a hundredth of everything: too short to believe.".to_owned());
    }
    lines.iter().map(|line| wrapped(line) + "\n").collect()
}

/// A table with these columns. Each row is a group of its own: it has several lines.
fn table<'a>(
    head: &[impl AsRef<str>],
    rows: impl IntoIterator<Item = &'a Row>,
    row: impl Fn(&Row) -> (String, Vec<String>),
) -> String {
    let rows = rows.into_iter().map(|of| Group { title: String::new(), rows: vec![row(of)] });
    draw(head, &rows.collect::<Vec<_>>(), ABOUT)
}

/// A column for each server that has a figure.
fn figures<'a>(
    rows: impl IntoIterator<Item = &'a Row> + Clone,
    servers: &[&'static str],
    about: fn(&Row) -> String,
) -> String {
    let servers = measured(rows.clone(), servers);
    let cells = |row: &Row| servers.iter().map(|server| spread(row.figure(server))).collect();
    table(&servers, rows, |row| (about(row), cells(row)))
}

/// What was measured, and below it the first comparison and its target.
fn with_target(row: &Row) -> String {
    let judged = row.judged.first();
    let judged = judged.map(|it| format!("\n{}: {}{}", it.what, target(it), verdict(it)));
    format!("{} ({}){}", row.about, row.unit, judged.unwrap_or_default())
}

/// A column for each comparison.
fn ratios(rows: &[Row]) -> String {
    let is_there = |what: &&str| rows.iter().any(|row| row.judged(what).is_some());
    let names: Vec<&str> = RATIOS.iter().map(|(name, ..)| *name).filter(is_there).collect();
    // In two lines, so that what was measured has room.
    let titles: Vec<String> = names.iter().map(|name| name.replace(" ÷ ", "\n÷ ")).collect();
    let cells = |row: &Row| names.iter().map(|what| judged(row.judged(what))).collect();
    table(&titles, rows, |row| (row.about.clone(), cells(row)))
}

fn shares(report: &Report) -> String {
    let of = |rows: &[Row], name: &str| {
        let row = rows.iter().find(|other| other.name == name);
        judged(row.and_then(|row| row.judged("lab4 ÷ redis")))
    };
    let all = [&report.throughput, &report.p50, &report.p99];
    let cells = |row: &Row| all.map(|rows| of(rows, &row.name)).to_vec();
    let head = ["requests/s", "p50", "p99"];
    table(&head, &report.throughput, |row| (row.about.clone(), cells(row)))
}

fn spread(spread: Option<&Spread>) -> String {
    spread.map_or("–".to_owned(), |it| format!("{}\n{}", figure(it.median), range(it)))
}

fn range(spread: &Spread) -> String {
    format!("{}–{}", figure(spread.min), figure(spread.max))
}

/// `0.83 ≤ 0.88`, and below it whether that is met and how far it strays.
fn judged(judged: Option<&Judged>) -> String {
    let Some(judged) = judged else { return "–".to_owned() };
    format!("{}\n{} {}", target(judged), verdict(judged).trim(), range(&judged.spread))
}

/// `0.83 ≤ 0.88`: the figure and its target.
fn target(judged: &Judged) -> String {
    let target = match (judged.at_most, judged.at_least) {
        (Some(most), _) => format!(" ≤ {}", figure(most)),
        (_, Some(least)) => format!(" ≥ {}", figure(least)),
        _ => String::new(),
    };
    format!("{}{target}", figure(judged.spread.median))
}

fn verdict(judged: &Judged) -> &'static str {
    judged.is_met.map_or("", |is_met| if is_met { " met" } else { " missed" })
}

fn summary(report: &Report) -> String {
    let rows = report.cpu.iter().chain(&report.throughput).chain(&report.others);
    let verdicts: Vec<bool> =
        rows.flat_map(|row| row.judged.iter().filter_map(|judged| judged.is_met)).collect();
    let met = verdicts.iter().filter(|is_met| **is_met).count();
    format!("Targets met: {met} of {}", verdicts.len())
}
