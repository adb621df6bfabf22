//! What is known about one stage: what the page shows, and besides it the figures of the table.

use std::path::PathBuf;

use super::packets::Traffic;
use super::stages::{Contestant, readme};
use crate::compare::found::{Missing, Stage};
use crate::compare::timeline::Facts;

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
    /// How often the server's thread has left its CPU.
    pub(super) switches: f64,
}

impl Measured {
    /// Nothing yet.
    pub(super) fn new(stage: &Contestant) -> Self {
        Self::named(stage.name.clone(), stage.about, readme(stage.lab))
    }

    /// Nothing yet, of a stage that nobody starts.
    pub(super) fn named(name: String, about: &str, readme: Option<PathBuf>) -> Self {
        let stage = Stage {
            name,
            about: about.to_owned(),
            readme,
            timeline: None,
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
            lines: None,
            missing: Vec::new(),
        }
    }

    /// The figures of its timeline.
    pub(super) fn facts(&self) -> Option<&Facts> {
        self.stage.timeline.as_ref().map(|timeline| &timeline.facts)
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
