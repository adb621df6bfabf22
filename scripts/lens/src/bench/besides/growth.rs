//! Whether a request costs more when there are many keys, all of which will expire.

use crate::bench::report::Judged;
use crate::bench::spread::ratios;
use crate::bench::stage::{Stage, rotated};
use crate::bench::{Ended, Row, tell};
use crate::measure::{Load, Program, Server, Tool, fill, run};

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
const REQUESTS: u64 = 100_000;
const TARGET: f64 = 1.3;
/// So long that none expires meanwhile, in seconds.
const TTL: &str = "100000";
const VALUE: &str = "sixteen letters.";

pub(super) fn measure(stage: &Stage) -> Ended<Vec<Row>> {
    let set = ["SET", "key:__rand_int__", VALUE, "EX", TTL];
    let kinds = [("GET", vec!["-t", "get"]), ("SET with a TTL", set.to_vec())];
    kinds.into_iter().map(|(about, words)| of_command(stage, about, &words)).collect()
}

fn of_command(stage: &Stage, about: &str, words: &[&str]) -> Ended<Row> {
    let many = stage.scaled(MANY);
    let about = format!("{about}, 50 clients: CPU at 1,000,000 keys ÷ at 1,000");
    let mut row = Row::new("growth", &about, "ratio");
    for program in stage.redis_and_lab4() {
        let ratios = of_server(stage, program, many, words)?;
        row.add(&program.name, &ratios);
        if program.name == "lab4" {
            row.judged.push(Judged::new("lab4", &ratios).at_most(TARGET));
        }
    }
    Ok(row)
}

/// How much more a request costs on a server with many keys than on one with few, in each round.
fn of_server(stage: &Stage, program: &Program, many: u64, words: &[&str]) -> Ended<Vec<f64>> {
    let servers = [(Server::start(program)?, FEW), (Server::start(program)?, many)];
    let mut costs = [Vec::new(), Vec::new()];
    for (server, keys) in &servers {
        fill(server, 0..*keys, VALUE, &["EX", TTL])?;
    }
    for round in 0..stage.rounds {
        for place in rotated(servers.len(), round) {
            let (server, keys) = &servers[place];
            let load = Load {
                tool: Tool::RedisBenchmark,
                command: words.iter().map(|word| (*word).to_owned()).collect(),
                clients: 50,
                requests: stage.scaled(REQUESTS),
                pipeline: 1,
                keys: Some(*keys),
                bench: stage.program("lab4-fair"),
            };
            if round == 0 {
                tell::command(&load.typed(server));
            }
            costs[place].push(run(&load, server)?.cpu);
        }
        let last = |place: usize| costs[place].last().copied().unwrap_or(0.0);
        let figures = [("few keys", last(0)), ("many keys", last(1))];
        tell::round(round, &format!("{}, CPU µs", program.name), figures);
    }
    Ok(ratios(&costs[1], &costs[0]))
}
