//! How long replies take: from the fastest half to the one in a thousand, on one log axis.

use super::labels::{decade, decades, list, time};
use super::lines::{Axis, Line, draw};
use super::{Chart, Failed, short};
use crate::report::model::{Latencies, Loaded, Stage};

/// The parts of all replies that the axis names.
const PARTS: [(f64, &str); 5] =
    [(0.0, ""), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %")];
/// No part is drawn that is above this: the longest one of a few replies tells little.
const MOST: f64 = 0.9999;

/// The chart, or nothing if nobody got a reply.
pub(crate) fn chart(stages: &[Stage]) -> Option<Result<Chart, Failed>> {
    let clients = which(stages)?;
    let of = |stage| at(stage, clients).and_then(|load| load.latencies.as_ref());
    let found: Vec<(usize, &Stage, &Latencies)> = stages
        .iter()
        .enumerate()
        .filter_map(|(number, stage)| Some((number, stage, of(stage)?)))
        .collect();
    let who = if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") };
    let notice = notice(&found, &who)?;
    let lines: Vec<Line> =
        found.iter().map(|(number, stage, of)| line(*number, stage, of)).collect();
    let says = format!("Latencies of replies to {who}, on a logarithmic axis. {notice}");
    let row = |(_, stage, of): &(usize, &Stage, &Latencies)| {
        let times = [of.p50_us, of.p99_us, of.p999_us, of.max_us].map(time);
        [vec![stage.name.clone()], times.to_vec()].concat()
    };
    let absent = stages.iter().filter(|stage| of(stage).is_none()).map(|stage| {
        let fate = at(stage, clients).and_then(|load| load.fate.clone());
        let why = fate.unwrap_or_else(|| format!("no reply to {who} was measured."));
        format!("{}: {why}", stage.name)
    });
    Some(draw(&says, axes(&lines), &lines).map(|svg| Chart {
        title: format!("How long a reply takes, with {who}"),
        svg,
        notice,
        head: ["p50", "p99", "p99.9", "longest"].map(str::to_owned).to_vec(),
        rows: found.iter().map(row).collect(),
        absent: absent.collect(),
    }))
}

fn at(stage: &Stage, clients: u32) -> Option<&Loaded> {
    stage.loads.iter().find(|load| load.clients == clients)
}

/// The load that most stages have replies to; of those, the one with the most clients.
fn which(stages: &[Stage]) -> Option<u32> {
    let loads = stages.iter().flat_map(|stage| &stage.loads);
    let answered = loads.filter(|load| load.latencies.is_some()).map(|load| load.clients);
    let count = |clients: u32| {
        stages.iter().filter_map(|stage| at(stage, clients)?.latencies.as_ref()).count()
    };
    answered.max_by_key(|clients| (count(*clients), *clients))
}

/// So far right: each nine is as far from the next.
fn right(part: f64) -> f64 {
    -(1.0 - part.clamp(0.0, MOST)).log10()
}

fn line(stage: usize, of: &Stage, latencies: &Latencies) -> Line {
    let points = latencies.distribution.iter().filter(|(us, part)| *us > 0.0 && *part <= MOST);
    let mut points: Vec<(f64, f64)> = points.map(|(us, part)| (right(*part), us.log10())).collect();
    let marks = [(0.5, latencies.p50_us), (0.99, latencies.p99_us), (0.999, latencies.p999_us)];
    let marks: Vec<(f64, f64)> = marks
        .into_iter()
        .filter(|mark| mark.1 > 0.0)
        .map(|(part, us)| (right(part), us.log10()))
        .collect();
    if points.is_empty() {
        points.clone_from(&marks);
    }
    Line { stage, name: short(of), points, marks }
}

fn axes(lines: &[Line]) -> (Axis, Axis) {
    let (from, until) =
        decades(lines.iter().flat_map(|line| &line.points).map(|at| 10_f64.powf(at.1)));
    let across = Axis {
        title: "so many of the replies took no longer".to_owned(),
        range: (0.0, right(1.0)),
        ticks: PARTS.map(|(part, text)| (right(part), text.to_owned())).to_vec(),
    };
    let up = Axis {
        title: "time to the reply".to_owned(),
        range: (f64::from(from), f64::from(until)),
        ticks: (from..=until).map(|exponent| (f64::from(exponent), decade(exponent))).collect(),
    };
    (across, up)
}

/// The fastest and the slowest, by the one in a hundred.
fn notice(found: &[(usize, &Stage, &Latencies)], who: &str) -> Option<String> {
    let mut sorted: Vec<&(usize, &Stage, &Latencies)> = found.iter().collect();
    sorted.sort_by(|a, b| a.2.p99_us.total_cmp(&b.2.p99_us));
    let told = |(_, stage, of): &(usize, &Stage, &Latencies)| {
        format!("{} on {}", time(of.p99_us), stage.name)
    };
    let (first, rest) = sorted.split_first()?;
    let all: Vec<String> =
        std::iter::once(told(first)).chain(rest.last().map(|last| told(last))).collect();
    let range = if rest.is_empty() { "" } else { ", from the best to the worst" };
    Some(format!("With {who}, 99 of 100 replies took at most {}{range}.", list(&all)))
}
