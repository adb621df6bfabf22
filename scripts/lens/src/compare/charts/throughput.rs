//! How many requests a second are answered, against how many clients ask, on a log axis.

use super::labels::{list, step};
use super::lines::{Axis, Line, draw};
use super::{Chart, Failed, short};
use crate::bench::figure;
use crate::compare::found::Stage;

/// The chart, or nothing if nothing was measured.
pub(in crate::compare) fn chart(stages: &[Stage]) -> Option<Result<Chart, Failed>> {
    let mut clients: Vec<u32> =
        stages.iter().flat_map(|stage| &stage.loads).map(|load| load.clients).collect();
    clients.sort_unstable();
    clients.dedup();
    let lines: Vec<Line> = stages
        .iter()
        .enumerate()
        .map(|(number, stage)| {
            let points: Vec<(f64, f64)> = measured(stage)
                .map(|(clients, rate)| (f64::from(clients.max(1)).log10(), rate))
                .collect();
            Line { stage: number, name: short(stage), marks: points.clone(), points }
        })
        .filter(|line| !line.points.is_empty())
        .collect();
    if lines.is_empty() {
        return None;
    }
    let notice = notice(stages);
    let says = format!("Requests answered a second, against the number of clients. {notice}");
    let head =
        clients.iter().map(|clients| format!("{clients} clients").replace("1 clients", "1 client"));
    let row = |stage: &Stage| {
        let cell = |clients: &u32| {
            let load = measured(stage).find(|(at, _)| at == clients);
            load.map_or_else(|| "none".to_owned(), |(_, rate)| figure(rate))
        };
        std::iter::once(stage.name.clone()).chain(clients.iter().map(cell)).collect()
    };
    Some(draw(&says, axes(&clients, &lines), &lines).map(|svg| Chart {
        title: "Requests a second, against clients".to_owned(),
        svg,
        notice,
        head: head.collect(),
        rows: stages.iter().map(row).collect(),
        absent: stages.iter().flat_map(fates).collect(),
    }))
}

/// Clients, and requests a second.
fn measured(stage: &Stage) -> impl Iterator<Item = (u32, f64)> {
    stage.loads.iter().filter_map(|load| Some((load.clients, load.per_second?)))
}

/// What became of clients that were not served.
fn fates(stage: &Stage) -> Vec<String> {
    let fates = stage.loads.iter().filter_map(|load| Some((load.clients, load.fate.as_ref()?)));
    let told =
        |(clients, fate): (u32, &String)| format!("{}, {clients} at once: {fate}", stage.name);
    let mut fates: Vec<String> = fates.map(told).collect();
    if stage.loads.is_empty() {
        fates.push(format!("{}: no load was measured.", stage.name));
    }
    fates
}

fn axes(clients: &[u32], lines: &[Line]) -> (Axis, Axis) {
    let highest = lines.iter().flat_map(|line| &line.points).map(|at| at.1).fold(1.0, f64::max);
    let step = step(highest);
    let ticks = |count: u32| f64::from(count) * step;
    let log = |clients: &u32| f64::from((*clients).max(1)).log10();
    let last = clients.last().map_or(1.0, log).max(1.0);
    let across = Axis {
        title: "clients at a time".to_owned(),
        range: (-0.08, last + 0.08),
        ticks: clients.iter().map(|clients| (log(clients), clients.to_string())).collect(),
    };
    let most = (1..=10).find(|count| ticks(*count) >= highest).unwrap_or(10);
    let up = Axis {
        title: "requests a second".to_owned(),
        range: (0.0, ticks(most)),
        ticks: (0..=most)
            .map(|count| (ticks(count), figure(ticks(count)).replace("0.000", "0")))
            .collect(),
    };
    (across, up)
}

/// From the fewest to the most clients.
fn notice(stages: &[Stage]) -> String {
    let told = |stage: &Stage| {
        let mut all = measured(stage);
        let (fewest, before) = all.next()?;
        let Some((most, after)) = all.last() else {
            return Some(format!(
                "{} answers {} requests a second ({fewest} at once)",
                stage.name,
                figure(before)
            ));
        };
        let times = figure(after / before.max(f64::MIN_POSITIVE));
        Some(format!(
            "{} answers {times} times as many requests a second with {most} clients as with {fewest}",
            stage.name
        ))
    };
    let all: Vec<String> = stages.iter().filter_map(told).collect();
    format!("{}.", list(&all))
}
