//! What all measurements share: the servers, how often, and how much.

use std::path::PathBuf;

use harness::labs::{LABS, Lab, REDIS};

use super::Options;
use crate::measure::{Load, Subject, Tool};
use crate::sys::FileError;
use crate::sys::tools::{NotInstalled, is_installed};

/// How much less `--quick` does.
const QUICK: u64 = 100;
/// The columns of the program that the user has named, and of the baseline.
const OTHER: &str = "other";
const BASELINE: &str = "baseline";

/// The servers that are measured, and how.
#[derive(Debug)]
pub(super) struct Targets {
    subjects: Vec<Subject>,
    /// What is not here, and what to type to get it.
    pub(super) missing: Vec<String>,
    /// Lab 4's program, whose bench speaks RESP.
    bench: PathBuf,
    pub(super) rounds: usize,
    is_quick: bool,
}

impl Targets {
    /// Finds the programs in a folder, redis-server where programs are, and the one that the user has named.
    ///
    /// # Errors
    /// If that one is not there.
    pub(super) fn find(options: &Options) -> Result<Self, FileError> {
        let Options { programs, with, rounds, is_quick, .. } = options;
        let (mut subjects, mut missing) = (Vec::new(), Vec::new());
        if is_installed(REDIS.package) {
            subjects.push(Subject::redis(programs).named(REDIS.short));
        } else {
            let why = NotInstalled(REDIS.package).to_string();
            missing.push(why.replacen(" is not", ", which is not", 1));
        }
        let [.., lab4] = LABS;
        let ours = LABS.map(|lab| (lab.short, lab, lab.package));
        for (name, lab, file) in ours.into_iter().chain([(BASELINE, lab4, "examples/baseline")]) {
            let binary = programs.join(file);
            if binary.exists() {
                subjects.push(Subject::of_lab(lab, binary).named(name));
            } else {
                missing.push(not_built(name, lab));
            }
        }
        if let Some(binary) = with {
            let binary = binary.canonicalize().map_err(|error| FileError::new(binary, error))?;
            subjects.push(Subject::of_lab(lab4, binary).named(OTHER));
        }
        let bench = programs.join(lab4.package);
        Ok(Self { subjects, missing, bench, rounds: *rounds, is_quick: *is_quick })
    }

    /// Those of these servers that are here, in this order.
    pub(super) fn these(&self, names: &[&str]) -> Vec<&Subject> {
        let find = |name: &&str| self.subjects.iter().find(|subject| subject.short == **name);
        names.iter().filter_map(find).collect()
    }

    /// Redis and the fast lab.
    pub(super) fn redis_and_lab4(&self) -> Vec<&Subject> {
        self.these(&["redis", "lab4"])
    }

    /// The same with lab 3 and the other program, where that is cheap.
    pub(super) fn redis_and_labs(&self) -> Vec<&Subject> {
        self.these(&["redis", "lab3", "lab4", OTHER])
    }

    /// A load of redis-benchmark, or without a command one of the bench of lab 4.
    pub(super) fn load(&self, clients: u32, requests: u64, command: &[&str], keys: u64) -> Load {
        let requests = self.scaled(requests).max(u64::from(clients));
        let tool = if command.is_empty() {
            Tool::OurBench(self.bench.clone())
        } else {
            let command = command.iter().map(|&word| word.to_owned()).collect();
            Tool::RedisBenchmark { command, keys: Some(keys) }
        };
        Load::new(tool, clients, requests)
    }

    /// So many, or with `--quick` a small part.
    pub(super) fn scaled(&self, count: u64) -> u64 {
        if self.is_quick { count.div_ceil(QUICK) } else { count }
    }
}

fn not_built(name: &str, lab: Lab) -> String {
    if name == BASELINE {
        let build = format!("cargo build --release -p {} --example {BASELINE}", lab.package);
        return format!("the {name}, which is not built: {build}");
    }
    format!("{name}, which is not built: cargo build --release --workspace --bins")
}
