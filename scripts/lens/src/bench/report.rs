//! All that was measured, as people and machines are told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::spread::Spread;
use crate::measure::{Clock, Machine};

/// The servers that get the loads, by their short names: the columns of the tables.
pub(super) const SERVERS: [&str; 5] = ["redis", "lab3", "lab4", "other", "baseline"];
/// What is compared under each load: its name, and whose figure is divided by whose.
pub(super) const RATIOS: [(&str, &str, &str); 4] = [
    ("lab4 ÷ redis", "lab4", "redis"),
    ("lab4 ÷ baseline", "lab4", "baseline"),
    ("lab3 ÷ redis", "lab3", "redis"),
    ("other ÷ redis", "other", "redis"),
];

/// Those of these servers that have a figure.
pub(super) fn measured<'a>(
    rows: impl IntoIterator<Item = &'a Row> + Clone,
    servers: &[&'static str],
) -> Vec<&'static str> {
    let has_figure =
        |server: &&&str| rows.clone().into_iter().any(|row| row.figure(server).is_some());
    servers.iter().filter(has_figure).copied().collect()
}

/// What one run of `lens bench` has found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Where and when.
    pub machine: Machine,
    /// How CPU time was counted.
    pub clock: Clock,
    /// How often each load was sent to each server.
    pub rounds: usize,
    /// Whether it was only a try (`--quick`).
    pub is_quick: bool,
    /// CPU a request, of each load.
    pub cpu: Vec<Row>,
    /// Requests a second, of each load.
    pub throughput: Vec<Row>,
    /// The time that half of the requests took at most.
    pub p50: Vec<Row>,
    /// The time that 99 of 100 took at most.
    pub p99: Vec<Row>,
    /// What was measured besides the loads.
    pub others: Vec<Row>,
    /// What could not be measured, and why.
    pub missing: Vec<String>,
}

/// One thing that was measured, of each server.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// For `--only`.
    pub name: String,
    /// For the table.
    pub about: String,
    /// What the figures are.
    pub unit: String,
    /// The figure of each server, by its short name: `redis`, `lab3`, `lab4`, `other`, `baseline`.
    pub figures: BTreeMap<String, Spread>,
    /// What is compared, and with which target.
    pub judged: Vec<Judged>,
}

/// A figure that may have a target.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// What it is: `lab4 ÷ redis`.
    pub what: String,
    /// The figure.
    pub spread: Spread,
    /// What it should be at most.
    pub at_most: Option<f64>,
    /// What it should be at least.
    pub at_least: Option<f64>,
    /// Whether its median is.
    pub is_met: Option<bool>,
}

impl Judged {
    /// Of these samples, without a target.
    #[must_use]
    pub fn new(what: &str, samples: &[f64]) -> Self {
        let (spread, what) = (Spread::of(samples), what.to_owned());
        Self { what, spread, at_most: None, at_least: None, is_met: None }
    }

    /// With the target that it should be so much at most.
    #[must_use]
    pub fn at_most(mut self, target: f64) -> Self {
        self.at_most = Some(target);
        self.is_met = Some(self.spread.median <= target);
        self
    }
}

impl Row {
    /// A row without figures.
    #[must_use]
    pub fn new(name: &str, about: &str, unit: &str) -> Self {
        let [name, about, unit] = [name, about, unit].map(str::to_owned);
        Self { name, about, unit, figures: BTreeMap::new(), judged: Vec::new() }
    }

    /// Takes the samples of a server in.
    pub(super) fn add(&mut self, server: &str, samples: &[f64]) {
        self.figures.insert(server.to_owned(), Spread::of(samples));
    }

    /// The figure of a server, if it was measured.
    #[must_use]
    pub fn figure(&self, server: &str) -> Option<&Spread> {
        self.figures.get(server)
    }

    /// Whether no server has a figure in it.
    pub(super) fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// The comparison of this name, if it was made.
    #[must_use]
    pub fn judged(&self, what: &str) -> Option<&Judged> {
        self.judged.iter().find(|judged| judged.what == what)
    }

    /// Gives a comparison its target.
    pub(super) fn aim(&mut self, what: &str, target: Option<f64>) {
        let Some(target) = target else { return };
        for judged in self.judged.iter_mut().filter(|judged| judged.what == what) {
            *judged = judged.clone().at_most(target);
        }
    }

    /// Gives a comparison a target that it should reach.
    pub(super) fn aim_at_least(&mut self, what: &str, target: f64) {
        for judged in self.judged.iter_mut().filter(|judged| judged.what == what) {
            judged.at_least = Some(target);
            judged.is_met = Some(judged.spread.median >= target);
        }
    }
}
