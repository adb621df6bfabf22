//! How many requests a second are answered, against how many clients ask, on a log axis.

use super::lines::{Axis, Line, draw};
use super::{Chart, short};
use crate::picture::{float, tick};
use crate::report::model::Stage;
use crate::text::{counted, figure, list, rounded};

/// The chart, or nothing if nothing was measured.
pub(crate) fn chart(stages: &[Stage]) -> Option<Chart> {
    let loads = stages.iter().flat_map(|stage| &stage.loads);
    let mut clients: Vec<u32> = loads.map(|load| load.clients).collect();
    clients.sort_unstable();
    clients.dedup();
    let lines: Vec<Line> =
        stages.iter().enumerate().filter_map(|(number, stage)| line(number, stage)).collect();
    if lines.is_empty() {
        return None;
    }
    let row = |stage: &Stage| {
        let cell = |clients: &u32| {
            let load = measured(stage).find(|(at, _)| at == clients);
            load.map_or_else(|| "none".to_owned(), |(_, rate)| figure(rate))
        };
        std::iter::once(stage.name.clone()).chain(clients.iter().map(cell)).collect()
    };
    let title = "Requests a second, against clients";
    Some(Chart {
        head: clients.iter().map(|count| counted(*count, "client")).collect(),
        rows: stages.iter().map(row).collect(),
        absent: stages.iter().filter_map(fate).collect(),
        ..Chart::new("throughput", title, notice(stages), draw(axes(&clients, &lines), &lines))
    })
}

/// Clients, and requests a second.
fn measured(stage: &Stage) -> impl Iterator<Item = (u32, f64)> {
    stage.loads.iter().filter_map(|load| Some((load.clients, load.per_second?)))
}

fn log(clients: u32) -> f64 {
    f64::from(clients.max(1)).log10()
}

fn line(stage: usize, of: &Stage) -> Option<Line> {
    let points: Vec<(f64, f64)> =
        measured(of).map(|(clients, rate)| (log(clients), rate)).collect();
    let marks = points.clone();
    (!points.is_empty()).then(|| Line { stage, name: short(of), points, marks })
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
    let rates = lines.iter().flat_map(|line| &line.points).map(|at| at.1);
    let highest = rounded(rates.fold(1.0, f64::max).ceil());
    let step = tick(highest);
    // The highest tick is not below the highest rate.
    let ticks = (0..=(highest + step - 1) / step).map(|count| count * step);
    let ticks: Vec<(f64, String)> = ticks
        .map(|rate| (float(rate), if rate == 0 { "0".to_owned() } else { figure(float(rate)) }))
        .collect();
    let across = Axis {
        title: "clients at a time",
        range: (-0.08, clients.last().map_or(1.0, |last| log(*last)).max(1.0) + 0.08),
        ticks: clients.iter().map(|count| (log(*count), count.to_string())).collect(),
    };
    let range = (0.0, ticks.last().map_or(1.0, |last| last.0));
    (across, Axis { title: "requests a second", range, ticks })
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
