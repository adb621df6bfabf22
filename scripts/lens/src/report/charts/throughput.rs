//! How many requests a second are answered, against how many clients ask, on a log axis.

use super::labels::{list, step};
use super::lines::{Axis, Line, draw};
use super::{Chart, Failed, short};
use crate::bench::figure;
use crate::report::model::Stage;

/// The chart, or nothing if nothing was measured.
pub(crate) fn chart(stages: &[Stage]) -> Option<Result<Chart, Failed>> {
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
        absent: stages.iter().filter_map(fate).collect(),
    }))
}

/// Clients, and requests a second.
fn measured(stage: &Stage) -> impl Iterator<Item = (u32, f64)> {
    stage.loads.iter().filter_map(|load| Some((load.clients, load.per_second?)))
}

/// What became of the clients, where there were the most, if they were not all served at once.
fn fate(stage: &Stage) -> Option<String> {
    let name = &stage.name;
    if stage.loads.is_empty() {
        return Some(format!("{name}: no load was measured."));
    }
    let told = stage.loads.iter().rev().find_map(|load| Some((load.clients, load.fate.as_ref()?)));
    told.map(|(clients, fate)| format!("{name}, {clients} clients: {fate}"))
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
        let (name, rates) = (&stage.name, measured(stage).collect::<Vec<_>>());
        match rates.as_slice() {
            [] => None,
            [(clients, rate)] => Some(format!("{} on {name} (only {clients})", figure(*rate))),
            [(_, first), .., (_, last)] => {
                Some(format!("from {} to {} on {name}", figure(*first), figure(*last)))
            }
        }
    };
    let all: Vec<String> = stages.iter().filter_map(told).collect();
    format!("From the fewest clients to the most, the requests a second go {}.", list(&all))
}
