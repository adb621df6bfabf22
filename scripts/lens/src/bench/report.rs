//! All that was measured, as people and machines are told.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::measure::{Machine, Spread, ratios};
use crate::sys::Clock;

/// The servers that get the loads, by their short names: the columns of the tables.
pub(super) const SERVERS: [&str; 5] = ["redis", "lab3", "lab4", "other", "baseline"];
/// What is compared under each load: whose figure is divided by whose.
pub(super) const RATIOS: [&str; 4] =
    ["lab4 ÷ redis", "lab4 ÷ baseline", "lab3 ÷ redis", "other ÷ redis"];

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

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim {
    None,
    AtMost(f64),
    AtLeast(f64),
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

    /// Judges the figure of a server, or with `ours ÷ theirs` how two of them compare round by round; nothing, if
    /// one of them has no figure.
    pub(super) fn judge(&mut self, what: &str, aim: Aim) {
        let samples = |server| Some(self.figure(server)?.samples.as_slice());
        let judged = match what.split_once(" ÷ ") {
            Some((ours, theirs)) => {
                samples(ours).zip(samples(theirs)).map(|(ours, theirs)| ratios(ours, theirs))
            }
            None => samples(what).map(<[f64]>::to_vec),
        };
        let Some(spread) = judged.map(|samples| Spread::of(&samples)) else { return };
        let (at_most, at_least) = match aim {
            Aim::None => (None, None),
            Aim::AtMost(target) => (Some(target), None),
            Aim::AtLeast(target) => (None, Some(target)),
        };
        let is_low = at_most.map(|target| spread.median <= target);
        let is_met = is_low.or(at_least.map(|target| spread.median >= target));
        self.judged.push(Judged { what: what.to_owned(), spread, at_most, at_least, is_met });
    }
}
