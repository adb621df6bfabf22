//! The report as tables, for a terminal that is 80 columns wide.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

use super::report::{Judged, RATIOS, Report, Row, SERVERS, measured};
use super::spread::{Spread, figure};
use crate::text::wrapped;

/// A terminal has so many columns.
const WIDTH: u16 = 80;
/// What was measured stands in so many of them, or in fewer if the figures need more.
const ABOUT: u16 = 26;

/// The whole report.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut parts = vec![head(report)];
    if !report.cpu.is_empty() {
        parts.push("CPU of the server a request, µs".to_owned());
        parts.push(figures(&report.cpu));
        parts.push("\nThe same, as shares".to_owned());
        parts.push(ratios(&report.cpu));
        parts.push("\nThroughput and latency of lab4, as a share of redis".to_owned());
        parts.push(shares(report));
    }
    let (labs, others): (Vec<&Row>, Vec<&Row>) =
        report.others.iter().partition(|row| row.name.starts_with("lab"));
    if !others.is_empty() {
        parts.push("\nBesides the loads".to_owned());
        parts.push(judged_figures(&others, &SERVERS));
    }
    if !labs.is_empty() {
        parts.push("\nOne client of labs 1 and 2: a round trip, p50, µs".to_owned());
        parts.push(judged_figures(&labs, &["redis", "lab1", "lab2"]));
    }
    parts.push(String::new());
    let missing = report.missing.iter().map(|why| wrapped(&format!("Not measured: {why}")));
    parts.extend(missing);
    parts.push(summary(report));
    parts.join("\n") + "\n"
}

fn head(report: &Report) -> String {
    let machine = &report.machine;
    let mut lines = vec![format!("{}, {} cores, {}", machine.cpu, machine.cores, machine.kernel)];
    lines.push(machine.redis_server.clone().unwrap_or_else(|| "no redis-server".to_owned()));
    lines.push(format!("CPU time from {}", report.clock.about()));
    let rounds = report.rounds;
    lines.push(format!("Median of {rounds} rounds; below it the lowest and the highest."));
    if machine.busy > 0.5 {
        let busy = machine.busy;
        lines.push(format!("Others were at work here (load {busy:.1}): expect noise."));
    }
    if report.is_quick {
        lines.push("A quick try, with a hundredth of everything: too short to believe.".to_owned());
    }
    let lines: Vec<String> = lines.iter().map(|line| wrapped(line)).collect();
    lines.join("\n") + "\n"
}

/// A column for each server that has a figure.
fn figures(rows: &[Row]) -> String {
    let servers = measured(rows, &SERVERS);
    let mut table = table(&servers);
    for row in rows {
        let figures = servers.iter().map(|server| spread(row.figure(server)));
        table.add_row([Cell::new(&row.about)].into_iter().chain(figures));
    }
    shown(&table)
}

/// A column for each comparison.
fn ratios(rows: &[Row]) -> String {
    let is_there = |what: &&str| rows.iter().any(|row| row.judged(what).is_some());
    let names: Vec<&str> = RATIOS.iter().map(|(name, ..)| *name).filter(is_there).collect();
    // In two lines, so that what was measured has room.
    let titles: Vec<String> = names.iter().map(|name| name.replace(" ÷ ", "\n÷ ")).collect();
    let mut table = table(&titles);
    for row in rows {
        let cells = names.iter().map(|what| judged(row.judged(what)));
        table.add_row([Cell::new(&row.about)].into_iter().chain(cells));
    }
    shown(&table)
}

fn shares(report: &Report) -> String {
    let mut table = table(&["requests/s", "p50", "p99"]);
    for row in &report.throughput {
        let of = |rows: &[Row]| {
            let row = rows.iter().find(|other| other.name == row.name);
            judged(row.and_then(|row| row.judged("lab4 ÷ redis")))
        };
        let shares = [of(&report.throughput), of(&report.p50), of(&report.p99)];
        table.add_row([Cell::new(&row.about)].into_iter().chain(shares));
    }
    shown(&table)
}

/// A column for each server that has a figure. What is judged stands below what was measured.
fn judged_figures(rows: &[&Row], servers: &[&'static str]) -> String {
    let servers = measured(rows.iter().copied(), servers);
    let mut table = table(&servers);
    for row in rows {
        let mut about = format!("{} ({})", row.about, row.unit);
        if let Some(judged) = row.judged.first() {
            let (target, verdict) = (target(judged), verdict(judged));
            about = format!("{about}\n{}: {target}{verdict}", judged.what);
        }
        let figures = servers.iter().map(|server| spread(row.figure(server)));
        table.add_row([Cell::new(about)].into_iter().chain(figures));
    }
    shown(&table)
}

/// A table with these columns, behind the one that says what was measured.
fn table(head: &[impl AsRef<str>]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    let titles = head.iter().map(|title| right(title.as_ref().to_owned()));
    table.set_header([Cell::new("")].into_iter().chain(titles));
    for (number, column) in table.column_iter_mut().enumerate() {
        let constraint = match number {
            0 => ColumnConstraint::UpperBoundary(Width::Fixed(ABOUT)),
            _ => ColumnConstraint::ContentWidth,
        };
        column.set_constraint(constraint).set_padding((u16::from(number > 0), 1));
    }
    table
}

/// Without the spaces at the ends of lines.
fn shown(table: &Table) -> String {
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn spread(spread: Option<&Spread>) -> Cell {
    right(spread.map_or("–".to_owned(), |it| format!("{}\n{}", figure(it.median), range(it))))
}

fn range(spread: &Spread) -> String {
    format!("{}–{}", figure(spread.min), figure(spread.max))
}

fn judged(judged: Option<&Judged>) -> Cell {
    right(judged_text(judged))
}

/// `0.83 ≤ 0.88`, and below it whether that is met and how far it strays.
fn judged_text(judged: Option<&Judged>) -> String {
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
