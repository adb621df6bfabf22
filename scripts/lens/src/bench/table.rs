//! The report as tables, for a terminal that is 80 columns wide.

use super::report::{Judged, RATIOS, Report, Row, SERVERS, measured};
use crate::measure::Spread;
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
        parts.push(figures(&report.cpu, &SERVERS, about));
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
    let mut lines = vec![machine.about()];
    lines.push(machine.redis_server.clone().unwrap_or_else(|| "no redis-server".to_owned()));
    lines.push(format!("CPU time from {}", report.clock.about()));
    let rounds = report.rounds;
    lines.push(format!("Median of {rounds} rounds; below it the lowest and the highest."));
    lines.extend(machine.noise());
    if report.is_quick {
        lines.push("A quick try, with a hundredth of everything: too short to believe.".to_owned());
    }
    lines.iter().map(|line| wrapped(line) + "\n").collect()
}

/// A table with a column for each of these. Each row is a group of its own: it has several lines.
fn table<'a>(
    head: &[&str],
    rows: impl IntoIterator<Item = &'a Row>,
    about: fn(&Row) -> String,
    cell: impl Fn(&Row, &str) -> String,
) -> String {
    let row = |row: &Row| (about(row), head.iter().map(|column| cell(row, column)).collect());
    let rows = rows.into_iter().map(|of| Group { title: String::new(), rows: vec![row(of)] });
    // In two lines, so that what was measured has room.
    let titles: Vec<String> = head.iter().map(|title| title.replace(" ÷ ", "\n÷ ")).collect();
    draw(&titles, &rows.collect::<Vec<_>>(), ABOUT)
}

/// A column for each server that has a figure.
fn figures<'a>(
    rows: impl IntoIterator<Item = &'a Row> + Clone,
    servers: &[&'static str],
    about: fn(&Row) -> String,
) -> String {
    let servers = measured(rows.clone(), servers);
    table(&servers, rows, about, |row, server| spread(row.figure(server)))
}

fn about(row: &Row) -> String {
    row.about.clone()
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
    let names: Vec<&str> = RATIOS.into_iter().filter(is_there).collect();
    table(&names, rows, about, |row, what| judged(row.judged(what)))
}

fn shares(report: &Report) -> String {
    let columns = [("requests/s", &report.throughput), ("p50", &report.p50), ("p99", &report.p99)];
    let cell = |row: &Row, column: &str| {
        let rows = columns.iter().find(|(name, _)| *name == column).map(|(_, rows)| *rows);
        let row = rows.into_iter().flatten().find(|other| other.name == row.name);
        judged(row.and_then(|row| row.judged("lab4 ÷ redis")))
    };
    table(&columns.map(|(name, _)| name), &report.throughput, about, cell)
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
