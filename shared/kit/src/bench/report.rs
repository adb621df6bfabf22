//! Prints the outcome of a load: for people, with a sentence that says what to notice, and as JSON.

use std::io::{self, Write};
use std::process::ExitCode;

use colored::Colorize;
use serde_json::{Value, json};

use super::figures::{Figures, Latencies};
use super::outcome::Outcome;
use super::plan::RETRY_AFTER;
use super::text::{count, micros, number, seconds, time};
use super::unless_unread;
use crate::port::program;

/// The columns of the table of latencies, each with its quantile.
const COLUMNS: [(&str, f64); 4] = [("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)];

/// Prints the outcome of a load. Problems go to standard error, and the exit code is 1 if there are any.
pub fn print(outcome: &Outcome<'_>) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let written = if outcome.options.json {
        writeln!(out, "{}", json(outcome))
    } else {
        write_text(outcome, &mut out)
    };
    unless_unread(written.and_then(|()| out.flush()))?;
    let problems = outcome.problems();
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    for problem in problems {
        // If stderr is closed, the exit code still tells it.
        _ = writeln!(io::stderr(), "{}: {problem}", program());
    }
    Ok(ExitCode::FAILURE)
}

fn write_text(outcome: &Outcome<'_>, out: &mut impl Write) -> io::Result<()> {
    let clients = count(outcome.clients(), "client");
    let in_flight = count(u64::from(outcome.options.pipeline), "request");
    let title = format!("{clients} on {}, each with {in_flight} in flight", outcome.addr);
    writeln!(out, "{}\n", title.bold())?;
    for (name, figure) in totals(outcome) {
        writeln!(out, "{name:16}{figure}")?;
    }
    write!(out, "\n{:16}{:>10}", "", "count")?;
    for (name, _) in COLUMNS {
        write!(out, "{name:>10}")?;
    }
    for (name, latencies) in outcome.latencies() {
        write!(out, "\n{name:16}{:>10}", number(latencies.count()))?;
        for (_, quantile) in COLUMNS {
            write!(out, "{:>10}", cell(latencies, quantile))?;
        }
    }
    out.write_all(b"\n")?;
    if outcome.figures.answered() > 0 { writeln!(out, "\n{}", notice(outcome)) } else { Ok(()) }
}

fn cell(latencies: &Latencies, quantile: f64) -> String {
    if latencies.count() == 0 { "-".to_owned() } else { time(latencies.at(quantile)) }
}

fn totals(outcome: &Outcome<'_>) -> Vec<(&'static str, String)> {
    let rate = format!("{} requests/s", number(outcome.requests_per_second()));
    let answered = count(outcome.figures.answered(), "request");
    let elapsed = time(outcome.elapsed);
    let throughput = format!("{}   {answered} answered in {elapsed}", rate.bold());
    let mut totals = vec![("throughput", throughput)];
    if let Some(most) = outcome.most_served() {
        let (most, clients) = (number(most), number(outcome.clients()));
        let busy = time(outcome.figures.service.busy);
        totals.push(("served at once", format!("at most {most} of {clients} clients")));
        totals.push(("server in use", format!("{busy} of {elapsed}")));
    }
    totals
}

/// What to notice in the figures.
fn notice(outcome: &Outcome<'_>) -> String {
    let (clients, pipeline) = (outcome.clients(), outcome.options.pipeline);
    match outcome.most_served() {
        _ if clients == 1 && pipeline == 1 => {
            "One client waits for each reply, so most of the time is the round trip.\n\
             --pipeline 16 makes one round trip for 16 requests."
                .to_owned()
        }
        _ if clients == 1 => format!("One client makes one round trip for {pipeline} requests."),
        None => "Each client sent all its requests at once, so the figures do not show whether\n\
                 the server served the clients one after the other. Use more --requests."
            .to_owned(),
        Some(1) => turns_notice(outcome.figures),
        Some(most) if most == clients => {
            format!("All {} clients were served at the same time.", number(clients))
        }
        Some(most) => {
            let (most, clients) = (number(most), number(clients));
            format!("Up to {most} of the {clients} clients were served at the same time.")
        }
    }
}

/// What to notice if no two clients were served at the same time.
fn turns_notice(figures: &Figures) -> String {
    let waited = time(figures.longest_wait());
    let mut lines = vec![
        "The clients took turns: one was being served at a time, and the others waited.".to_owned(),
        format!("The last client got its first reply {waited} after the start."),
    ];
    if figures.retried > 0 {
        let clients = count(figures.retried, "client");
        lines.push(format!(
            "{clients} found the backlog full: the kernel did not answer the handshake.\n\
             The bench connects again after {RETRY_AFTER}; the kernel would wait for 1 s."
        ));
    }
    lines.join("\n")
}

fn json(outcome: &Outcome<'_>) -> Value {
    let figures = outcome.figures;
    let mut report = json!({
        "server": outcome.addr.to_string(),
        "clients": outcome.clients(),
        "pipeline": outcome.options.pipeline,
        "requests": outcome.options.requests,
        "answered": figures.answered(),
        "unanswered": outcome.unanswered(),
        "errors": figures.errors.count,
        "wrong": figures.wrong.count,
        "clients_lost": figures.lost.count,
        "problems": outcome.problems(),
        "elapsed_s": seconds(outcome.elapsed),
        "requests_per_s": outcome.requests_per_second(),
        "most_clients_served_at_once": outcome.most_served(),
        "server_in_use_s": seconds(figures.service.busy),
        "last_client_waited_s": seconds(figures.longest_wait()),
        "clients_that_tried_again": figures.retried,
    });
    let steps = figures.waits.distribution();
    let steps: Vec<_> = steps.map(|(time, quantile)| json!([micros(time), quantile])).collect();
    // The distribution of `waits`: pairs of microseconds and quantile.
    report["distribution"] = json!(steps);
    for (name, latencies) in outcome.latencies().into_iter().chain([("waits", &figures.waits)]) {
        let mut row = json!({ "count": latencies.count() });
        for (column, quantile) in COLUMNS.into_iter().chain([("p999", 0.999)]) {
            let value = (latencies.count() > 0).then(|| micros(latencies.at(quantile)));
            row[format!("{column}_us")] = json!(value);
        }
        report[name.replace(' ', "_")] = row;
    }
    report
}

#[cfg(test)]
mod tests;
