//! What is known about one stage: what the page shows, and besides it the figures of the table.

use std::path::PathBuf;

use super::packets::Traffic;
use super::stages::{Subject, readme, same_as};
use crate::report::model::{Missing, Stage};

/// All about one stage.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) stage: Stage,
    /// From asking for a connection to having one, and to the first reply, in µs: those of client B.
    pub(super) waited: Option<(u64, u64)>,
    /// What a request costs under each load.
    pub(super) costs: Vec<Cost>,
    pub(super) traffic: Option<Traffic>,
    /// The most memory that it held, in bytes.
    pub(super) peak: Option<u64>,
    /// What a key takes, in bytes.
    pub(super) key: Option<f64>,
    /// What a connected and silent client takes, in bytes.
    pub(super) silent: Option<f64>,
    /// How long its thread was in calls about A while B waited, in µs.
    pub(super) held: Option<u64>,
    /// Lines of its own code.
    pub(super) lines: Option<usize>,
    /// What could not be had, and why.
    pub(super) missing: Vec<(String, String)>,
}

/// What a request costs the server under a load.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub(super) clients: u32,
    /// Time on a CPU, in µs.
    pub(super) cpu_us: f64,
    /// How often the server's threads have left their CPUs.
    pub(super) switches: f64,
    /// The most memory that the server held, in bytes.
    pub(super) peak: u64,
}

impl Measured {
    /// Nothing yet.
    pub(super) fn new(stage: &Subject) -> Self {
        let names = (stage.name.clone(), stage.short);
        Self::named(names, stage.about, readme(stage.lab), same_as(stage.lab))
    }

    /// Nothing yet, of a stage that nobody starts.
    pub(super) fn named(
        (name, short): (String, &str),
        about: &str,
        readme: Option<PathBuf>,
        same_as: Option<&str>,
    ) -> Self {
        let stage = Stage {
            name,
            short: short.to_owned(),
            about: about.to_owned(),
            readme,
            timeline: None,
            same_as: same_as.map(str::to_owned),
            request: None,
            loads: Vec::new(),
            quiet: None,
            calls: None,
            flames: Vec::new(),
        };
        Self {
            stage,
            waited: None,
            costs: Vec::new(),
            traffic: None,
            peak: None,
            key: None,
            silent: None,
            held: None,
            lines: None,
            missing: Vec::new(),
        }
    }

    /// Notes what could not be had, and why.
    pub(super) fn lacks(&mut self, what: &str, why: &str) {
        self.missing.push((what.to_owned(), why.to_owned()));
    }

    /// All that could not be had.
    pub(super) fn missing_of_stage(&self) -> impl Iterator<Item = Missing> {
        let stage = Some(self.stage.name.clone());
        let of = move |(what, why): &(String, String)| Missing {
            stage: stage.clone(),
            what: what.clone(),
            why: why.clone(),
        };
        self.missing.iter().map(of)
    }
}
