//! What is known about one stage: what the page shows, and besides it the figures of the table.

use std::collections::BTreeMap;

use harness::labs::{LABS, Lab};

use crate::report::model::{CallsPerRequest, Missing, Stage};

/// How many requests are sent at a time if they are pipelined.
pub(super) const PIPELINE: usize = 16;
/// How requests are sent, in the names of rows: one by one, or [`PIPELINE`] at a time.
pub(super) const WAYS: [&str; 2] = ["alone", "of 16"];
/// Calls that read bytes, and calls that write bytes.
const READS: [&str; 4] = ["read", "readv", "recvfrom", "recvmsg"];
const WRITES: [&str; 4] = ["write", "writev", "sendto", "sendmsg"];

/// All about one stage.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) stage: Stage,
    /// By the names of their rows.
    figures: BTreeMap<String, Figure>,
    /// What could not be had, and why.
    pub(super) missing: Vec<Missing>,
}

/// A figure of the table.
#[derive(Debug, Clone, Default)]
pub(super) struct Figure {
    pub(super) value: Option<f64>,
    /// What is shown in place of the figure.
    pub(super) text: Option<String>,
    /// Whether the clients that it is about came one after the other.
    pub(super) is_by_turns: bool,
}

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        Self { value: Some(value), ..Self::default() }
    }
}

impl Measured {
    /// Nothing yet.
    pub(super) fn new(name: &str, short: &str, lab: Lab) -> Self {
        let is_ours = LABS.contains(&lab) && name == lab.package;
        let readme = is_ours.then(|| format!("labs/{name}/README.md").into());
        let same_as = same_as(lab).filter(|_| is_ours);
        let stage = Stage {
            name: name.to_owned(),
            short: short.to_owned(),
            about: lab.about.to_owned(),
            readme,
            timeline: None,
            same_as: same_as.map(str::to_owned),
            request: None,
            loads: Vec::new(),
            quiet: None,
            calls: None,
            flames: Vec::new(),
        };
        Self { stage, figures: BTreeMap::new(), missing: Vec::new() }
    }

    /// Notes what could not be had, and why.
    pub(super) fn lacks(&mut self, what: &str, why: &str) {
        let (what, why) = (what.to_owned(), why.to_owned());
        self.missing.push(Missing { stage: Some(self.stage.name.clone()), what, why });
    }

    /// Takes the figure of a row in.
    pub(super) fn set(&mut self, row: &str, figure: impl Into<Figure>) {
        self.figures.insert(row.to_owned(), figure.into());
    }

    /// The figure of a row.
    pub(super) fn figure(&self, row: &str) -> Option<&Figure> {
        self.figures.get(row)
    }

    /// Takes the calls that a request costs in: all of them, and those that read or write.
    pub(super) fn set_calls(&mut self, calls: CallsPerRequest) {
        for (way, counts) in WAYS.into_iter().zip([&calls.alone, &calls.pipelined]) {
            let mut set = |kind: &str, is_kind: fn(&str) -> bool| {
                let of = counts.iter().filter(|(name, _)| is_kind(name));
                let sum: f64 = of.map(|(_, count)| count).sum();
                self.set(&format!("{kind} a request, {way}"), sum);
            };
            set("calls", |_| true);
            set("reads", is_read);
            set("writes", |name| WRITES.contains(&name));
        }
        self.stage.calls = Some(calls);
    }

    /// Takes in what a request and its reply take on the wire: packets, and bytes with the headers of IP and TCP.
    pub(super) fn set_traffic(&mut self, way: &str, packets: f64, bytes: f64) {
        self.set(&format!("packets a request, {way}"), packets);
        self.set(&format!("bytes a request, {way}"), bytes);
    }
}

/// The lab whose timeline, and whose way of a request, is that of this one.
pub(super) fn same_as(lab: Lab) -> Option<&'static str> {
    (lab.short == "lab4").then_some("lab3-multiclient")
}

/// Whether a call reads bytes.
pub(super) fn is_read(name: &str) -> bool {
    READS.contains(&name)
}

/// Those calls that are made most often first. What is made less than once in 50 requests is of something else: a
/// thread that starts late makes some calls of its own.
pub(super) fn sorted(counts: BTreeMap<String, f64>) -> Vec<(String, f64)> {
    let mut counts: Vec<(String, f64)> =
        counts.into_iter().filter(|(_, count)| *count >= 0.02).collect();
    counts.sort_by(|one, other| other.1.total_cmp(&one.1));
    counts
}
