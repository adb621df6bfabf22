//! The loads, as data (`loads.toml`), and how one is run: by turns, round after round.

use serde::Deserialize;

use super::report::{Aim, RATIOS, Row, SERVERS};
use super::targets::Targets;
use crate::measure::client::idle_clients;
use crate::measure::{Load, MeasureError, Outcome, Side, by_turns, fill, progress};

const LOADS: &str = include_str!("loads.toml");

/// A load, as `loads.toml` has it, which says what each field means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) about: String,
    test: Option<String>,
    clients: u32,
    requests: u64,
    #[serde(default)]
    idle: u64,
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
type Rows = [Row; 4];

impl Entry {
    /// Runs it: each round all servers, one after the other.
    pub(super) fn measure(&self, targets: &Targets) -> Result<Rows, MeasureError> {
        let load = self.load(targets);
        let idle = usize::try_from(targets.scaled(self.idle)).unwrap_or(usize::MAX);
        let mut servers = Vec::new();
        for subject in targets.these(&SERVERS) {
            // Our bench checks each reply, and the baseline has only one: it does not get that load.
            if self.test.is_none() && subject.short == "baseline" {
                continue;
            }
            let server = subject.start()?;
            fill(&server, 0..self.keys, &format!("@{}", self.size))?;
            progress::command(&server.command);
            servers.push((subject.short.clone(), server));
        }
        let cpu = |outcome: &Outcome| outcome.cpu;
        let outcomes = by_turns(targets.rounds, servers, "CPU µs", cpu, |server, round| {
            let _idle = idle_clients(server, idle)?;
            if round == 0 {
                load.tell(server);
            }
            load.run(server)
        })?;
        Ok(self.rows(&outcomes))
    }

    fn load(&self, targets: &Targets) -> Load {
        let size = self.size.to_string();
        let command = self.test.as_ref().map(|test| ["-d", &size, "-t", test]);
        let command = command.as_ref().map_or(&[][..], |words| &words[..]);
        let load = targets.load(self.clients, self.requests, command, self.keys);
        Load { pipeline: self.pipeline, ..load }
    }

    fn rows(&self, outcomes: &[Side<Vec<Outcome>>]) -> Rows {
        let row = |unit: &str, figure: fn(&Outcome) -> Option<f64>, aims: &[(&str, Aim)]| {
            let mut row = Row::new(&self.name, &self.about, unit);
            for (server, outcomes) in outcomes {
                let samples: Option<Vec<f64>> = outcomes.iter().map(figure).collect();
                if let Some(samples) = samples {
                    row.add(server, &samples);
                }
            }
            for what in RATIOS {
                let aim = aims.iter().find(|(name, _)| *name == what);
                row.judge(what, aim.map_or(Aim::None, |(_, aim)| *aim));
            }
            row
        };
        let at_most = |target: Option<f64>| target.map_or(Aim::None, Aim::AtMost);
        let targets =
            [("lab4 ÷ redis", at_most(self.redis)), ("lab4 ÷ baseline", at_most(self.baseline))];
        let fast = [("lab4 ÷ redis", Aim::AtLeast(1.0))];
        [
            row("µs of CPU a request", |outcome| Some(outcome.cpu), &targets),
            row("requests a second", |outcome| Some(outcome.per_second), &fast),
            row("p50, µs", |outcome| outcome.p50, &[]),
            row("p99, µs", |outcome| outcome.p99, &[]),
        ]
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
