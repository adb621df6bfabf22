//! The loads, as data (`loads.toml`), and how one is run: by turns, round after round.

use serde::Deserialize;

use super::stage::{Stage, rotated};
use super::{Ended, Row, tell};
use crate::bench::report::{Judged, RATIOS, SERVERS};
use crate::bench::spread::ratios;
use crate::measure::{Crowd, Load, Outcome, Program, Server, Tool, fill, run};

const LOADS: &str = include_str!("loads.toml");

/// A load, as `loads.toml` has it, which says what each field means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) test: Option<String>,
    pub(super) clients: u32,
    pub(super) requests: u64,
    #[serde(default)]
    idle: usize,
    #[serde(default = "one")]
    pipeline: u32,
    #[serde(default = "one")]
    keys: u64,
    #[serde(default = "three")]
    size: usize,
    redis: Option<f64>,
    baseline: Option<f64>,
}

fn one<T: From<u8>>() -> T {
    1.into()
}

fn three() -> usize {
    3
}

/// All loads.
///
/// # Errors
/// If `loads.toml` is not as it should be.
pub(super) fn all() -> Result<Vec<Entry>, toml::de::Error> {
    #[derive(Deserialize)]
    struct File {
        load: Vec<Entry>,
    }
    Ok(toml::from_str::<File>(LOADS)?.load)
}

/// What came of a load: a row each for CPU, throughput, and the two latencies.
pub(super) struct Measured {
    pub(super) cpu: Row,
    pub(super) throughput: Row,
    pub(super) p50: Row,
    pub(super) p99: Row,
}

impl Entry {
    /// Our bench checks each reply, and the baseline has only one: it does not get that load.
    fn programs<'a>(&self, stage: &'a Stage) -> Vec<&'a Program> {
        let baseline = stage.baseline.as_ref().filter(|_| self.test.is_some());
        stage.redis_and_labs().into_iter().chain(baseline).collect()
    }

    fn load(&self, stage: &Stage) -> Load {
        let size = self.size.to_string();
        let words = |test: &String| vec!["-d".to_owned(), size, "-t".to_owned(), test.clone()];
        let tool = if self.test.is_some() { Tool::RedisBenchmark } else { Tool::OurBench };
        Load {
            tool,
            command: self.test.as_ref().map(words).unwrap_or_default(),
            clients: self.clients,
            requests: stage.scaled(self.requests).max(u64::from(self.clients)),
            pipeline: self.pipeline,
            keys: Some(self.keys),
            bench: stage.program("lab4-fair"),
        }
    }

    /// Runs it: each round all servers, one after the other.
    pub(super) fn measure(&self, stage: &Stage) -> Ended<Measured> {
        let load = self.load(stage);
        let value = "x".repeat(self.size);
        let mut servers = Vec::new();
        for program in self.programs(stage) {
            let server = Server::start(program)?;
            fill(&server, 0..self.keys, &value, &[])?;
            tell::command(&server.command);
            servers.push((server, Vec::new()));
        }
        for round in 0..stage.rounds {
            for place in rotated(servers.len(), round) {
                let (server, outcomes) = &mut servers[place];
                let _crowd = Crowd::connect(server, stage.scaled_size(self.idle))?;
                if round == 0 {
                    tell::command(&load.typed(server));
                }
                outcomes.push(run(&load, server)?);
            }
            let costs = servers.iter().map(|(server, outcomes)| {
                (server.name.as_str(), outcomes.last().map_or(0.0, |outcome| outcome.cpu))
            });
            tell::round(round, "CPU µs", costs);
        }
        let outcomes =
            servers.into_iter().map(|(server, outcomes)| (server.name.clone(), outcomes));
        Ok(self.rows(&outcomes.collect::<Vec<_>>()))
    }

    fn rows(&self, outcomes: &[(String, Vec<Outcome>)]) -> Measured {
        let row = |unit: &str, figure: fn(&Outcome) -> Option<f64>| {
            let samples = |name: &str| -> Option<Vec<f64>> {
                let (_, outcomes) = outcomes.iter().find(|(server, _)| server == name)?;
                outcomes.iter().map(figure).collect()
            };
            let mut row = Row::new(&self.name, &self.about, unit);
            for server in SERVERS {
                if let Some(samples) = samples(server) {
                    row.add(server, &samples);
                }
            }
            for (what, ours, theirs) in RATIOS {
                if let Some((ours, theirs)) = samples(ours).zip(samples(theirs)) {
                    row.judged.push(Judged::new(what, &ratios(&ours, &theirs)));
                }
            }
            row
        };
        let mut cpu = row("µs of CPU a request", |outcome| Some(outcome.cpu));
        cpu.aim("lab4 ÷ redis", self.redis);
        cpu.aim("lab4 ÷ baseline", self.baseline);
        let mut throughput = row("requests a second", |outcome| Some(outcome.per_second));
        throughput.aim_at_least("lab4 ÷ redis", 1.0);
        let p50 = row("p50, µs", |outcome| outcome.p50);
        let p99 = row("p99, µs", |outcome| outcome.p99);
        Measured { cpu, throughput, p50, p99 }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_loads_are_read_and_each_has_a_name_of_its_own() {
        let mut names: Vec<_> = super::all().unwrap().into_iter().map(|load| load.name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert!(count > 10 && names.len() == count, "{names:?}");
    }
}
