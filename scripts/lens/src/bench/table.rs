//! The report as tables, for a terminal.

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::report::{Judged, Report, Row};
use super::spread::{Spread, figure};

/// The whole report.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut parts = vec![head(report)];
    if !report.cpu.is_empty() {
        parts.push("CPU of the server a request, µs".to_owned());
        parts.push(costs(&report.cpu));
        parts.push("\nThroughput and latency of lab 3, as a share of redis-server's".to_owned());
        parts.push(shares(report));
    }
    if !report.others.is_empty() {
        parts.push("\nBesides the loads".to_owned());
        parts.push(others(&report.others));
    }
    parts.push(String::new());
    parts.extend(report.missing.iter().map(|why| format!("Not measured: {why}")));
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
    lines.join("\n") + "\n"
}

fn costs(rows: &[Row]) -> String {
    let mut table = table(&["", "redis", "lab 3", "floor", "lab 3 ÷ redis", "lab 3 ÷ floor"]);
    for row in rows {
        let figures = [&row.redis, &row.lab, &row.floor].map(|it| spread(it.as_ref()));
        let ratios = ["lab3 ÷ redis", "lab3 ÷ floor"].map(|what| judged(row.judged(what)));
        table.add_row([Cell::new(&row.about)].into_iter().chain(figures).chain(ratios));
    }
    table.to_string()
}

fn shares(report: &Report) -> String {
    let mut table = table(&["", "requests a second", "p50", "p99"]);
    for row in &report.throughput {
        let of = |rows: &[Row]| {
            let row = rows.iter().find(|other| other.name == row.name);
            judged(row.and_then(|row| row.judged("lab3 ÷ redis")))
        };
        let shares = [of(&report.throughput), of(&report.p50), of(&report.p99)];
        table.add_row([Cell::new(&row.about)].into_iter().chain(shares));
    }
    table.to_string()
}

fn others(rows: &[Row]) -> String {
    let mut table = table(&["", "unit", "redis", "lab", "floor", "target"]);
    for row in rows {
        let figures = [&row.redis, &row.lab, &row.floor].map(|it| spread(it.as_ref()));
        let mut cells = vec![Cell::new(&row.about), Cell::new(&row.unit)];
        cells.extend(figures);
        let first = row.judged.first();
        // "lab3" needs no word: it stands in the column of labs.
        let what = first.filter(|it| it.what != "lab3").map(|it| format!("{}: ", it.what));
        cells.push(right(what.unwrap_or_default() + &judged_text(first)));
        table.add_row(cells);
    }
    table.to_string()
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(head.iter().map(|title| right((*title).to_owned())));
    table
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

/// `0.83 ≤ 0.88 met`, and below it how far it strays.
fn judged_text(judged: Option<&Judged>) -> String {
    let Some(judged) = judged else { return "–".to_owned() };
    let target = match (judged.at_most, judged.at_least) {
        (Some(most), _) => format!(" ≤ {}", figure(most)),
        (_, Some(least)) => format!(" ≥ {}", figure(least)),
        _ => String::new(),
    };
    let verdict = judged.is_met.map_or("", |is_met| if is_met { " met" } else { " missed" });
    format!("{}{target}{verdict}\n{}", figure(judged.spread.median), range(&judged.spread))
}

fn summary(report: &Report) -> String {
    let rows = report.cpu.iter().chain(&report.throughput).chain(&report.others);
    let verdicts: Vec<bool> =
        rows.flat_map(|row| row.judged.iter().filter_map(|judged| judged.is_met)).collect();
    let met = verdicts.iter().filter(|is_met| **is_met).count();
    format!("Targets met: {met} of {}", verdicts.len())
}
