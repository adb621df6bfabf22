//! How long replies take: from the fastest half to the one in a thousand, on one log axis.

use super::lines::{Axis, Line, draw};
use super::{Chart, Found, LATENCIES, decade, decades, found, latencies, rows, short};
use crate::report::model::{Latencies, Loaded, Stage};
use crate::text::{counted, list, time};

/// The parts of all replies that the axis names.
const PARTS: [(f64, &str); 5] =
    [(0.0, ""), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %")];
/// No part is drawn that is above this: the longest one of a few replies tells little.
const MOST: f64 = 0.9999;

/// The chart, or nothing if nobody got a reply.
pub(crate) fn chart(stages: &[Stage]) -> Option<Chart> {
    let count = which(stages)?;
    let of = |stage| at(stage, count).and_then(|load| load.latencies.as_ref());
    let found = found(stages, of);
    let who = counted(count, "client");
    let notice = notice(&found, &who)?;
    let lines: Vec<Line> =
        found.iter().map(|(number, stage, of)| line(*number, stage, of)).collect();
    let title = format!("How long a reply takes, with {who}");
    let absent = stages.iter().filter(|stage| of(stage).is_none()).map(|stage| {
        let fate = at(stage, count).and_then(|load| load.fate.clone());
        let why = fate.unwrap_or_else(|| format!("no reply to {who} was measured."));
        format!("{}: {why}", stage.name)
    });
    Some(Chart {
        head: LATENCIES.map(str::to_owned).to_vec(),
        rows: rows(&found, latencies),
        absent: absent.collect(),
        ..Chart::new("latency", &title, notice, draw(axes(&lines), &lines))
    })
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
    let places = |points: &[(f64, f64)]| {
        let points = points.iter().filter(|(part, us)| *us > 0.0 && *part <= MOST);
        points.map(|(part, us)| (right(*part), us.log10())).collect::<Vec<_>>()
    };
    let all: Vec<_> = latencies.distribution.iter().map(|(us, part)| (*part, *us)).collect();
    let named = [(0.5, latencies.p50_us), (0.99, latencies.p99_us), (0.999, latencies.p999_us)];
    let (points, marks) = (places(&all), places(&named));
    let points = if points.is_empty() { marks.clone() } else { points };
    Line { stage, name: short(of), points, marks }
}

fn axes(lines: &[Line]) -> (Axis, Axis) {
    let times = lines.iter().flat_map(|line| &line.points).map(|at| 10_f64.powf(at.1));
    let (from, until) = decades(times);
    let across = Axis {
        title: "so many of the replies took no longer",
        range: (0.0, right(1.0)),
        ticks: PARTS.map(|(part, text)| (right(part), text.to_owned())).to_vec(),
    };
    let up = Axis {
        title: "time to the reply",
        range: (f64::from(from), f64::from(until)),
        ticks: (from..=until).map(|exponent| (f64::from(exponent), decade(exponent))).collect(),
    };
    (across, up)
}

/// The fastest and the slowest, by the one in a hundred.
fn notice(found: &Found<'_, Latencies>, who: &str) -> Option<String> {
    let by_p99 = |a: &&(usize, &Stage, &Latencies), b: &&(usize, &Stage, &Latencies)| {
        a.2.p99_us.total_cmp(&b.2.p99_us)
    };
    let told = |(_, stage, of): &(usize, &Stage, &Latencies)| {
        format!("{} on {}", time(of.p99_us), stage.name)
    };
    let mut ends = vec![told(found.iter().min_by(by_p99)?)];
    if found.len() > 1 {
        ends.extend(found.iter().max_by(by_p99).map(told));
    }
    let range = if ends.len() == 1 { "" } else { ", from the best to the worst" };
    Some(format!("With {who}, 99 of 100 replies took at most {}{range}.", list(&ends)))
}
