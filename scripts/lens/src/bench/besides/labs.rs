//! The round trip of one client of labs 1 and 2, against that of redis-server, each with the same tool:
//! redis-benchmark does not speak the lines of lab 1, so lab 1 is asked by its own bench, and redis-server
//! by that of lab 2.

use crate::bench::report::Judged;
use crate::bench::spread::ratios;
use crate::bench::stage::{Stage, rotated};
use crate::bench::{Ended, Row, tell};
use crate::measure::{Load, Program, Server, Tool, run};

const REQUESTS: u64 = 40_000;
const TARGET: f64 = 1.0;

pub(super) fn measure(stage: &Stage) -> Ended<Vec<Row>> {
    let mut rows = Vec::new();
    if let Some(lab) = &stage.lab1 {
        let about = "Lab 1, one client, our bench: a round trip";
        let benches = ["lab2-resp", "lab1-blocking"];
        rows.push(row(stage, ("lab1", about), lab, Tool::OurBench, benches)?);
    }
    if let Some(lab) = &stage.lab2 {
        let benches = ["lab2-resp", "lab2-resp"];
        let about = "Lab 2, one client, our bench: a round trip";
        rows.push(row(stage, ("lab2", about), lab, Tool::OurBench, benches)?);
        let about = "Lab 2, one client, redis-benchmark GET: a round trip";
        rows.push(row(stage, ("lab2", about), lab, Tool::RedisBenchmark, benches)?);
    }
    Ok(rows)
}

/// One row: redis-server where it is, and a lab, each asked by a bench of its own.
fn row(
    stage: &Stage,
    (name, about): (&str, &str),
    lab: &Program,
    tool: Tool,
    benches: [&str; 2],
) -> Ended<Row> {
    let all = [stage.redis.as_ref(), Some(lab)].into_iter().zip(benches);
    let mut sides = Vec::new();
    for (program, bench) in all {
        let Some(program) = program else { continue };
        sides.push((Server::start(program)?, load(stage, &tool, bench), Vec::new()));
    }
    for round in 0..stage.rounds {
        for side in rotated(sides.len(), round) {
            let (server, load, times) = &mut sides[side];
            if round == 0 {
                tell::command(&load.typed(server));
            }
            let outcome = run(load, server)?;
            // Half of the round trips: a few that others have held up count for nothing.
            times.push(outcome.p50.unwrap_or(1e6 / outcome.per_second.max(f64::MIN_POSITIVE)));
        }
        let last = |times: &Vec<f64>| times.last().copied().unwrap_or(0.0);
        let figures = sides.iter().map(|(server, _, times)| (server.name.as_str(), last(times)));
        tell::round(round, "round trip, p50, µs", figures);
    }
    let mut row = Row::new(name, about, "p50, µs");
    for (server, _, times) in &sides {
        row.add(&server.name, times);
    }
    if let [(_, _, redis), (_, _, lab)] = sides.as_slice() {
        let ratios = ratios(lab, redis);
        row.judged.push(Judged::new(&format!("{name} ÷ redis"), &ratios).at_most(TARGET));
    }
    Ok(row)
}

fn load(stage: &Stage, tool: &Tool, bench: &str) -> Load {
    Load {
        tool: tool.clone(),
        command: vec!["-t".to_owned(), "get".to_owned()],
        clients: 1,
        requests: stage.scaled(REQUESTS),
        pipeline: 1,
        keys: None,
        bench: stage.program(bench),
    }
}
