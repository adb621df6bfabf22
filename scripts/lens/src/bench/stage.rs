//! What all measurements share: the programs, how often, and how much.

use std::path::PathBuf;

use trace::protocol::Protocol;

use super::{BenchError, Options, file_error};
use crate::labs::REDIS;
use crate::measure::{Program, Start};
use crate::sys::tools;

/// How much less `--quick` does.
const QUICK: u64 = 100;

/// What is measured, and how.
#[derive(Debug)]
pub(super) struct Stage {
    /// Where the programs are.
    pub(super) folder: PathBuf,
    pub(super) redis: Option<Program>,
    pub(super) lab1: Option<Program>,
    pub(super) lab2: Option<Program>,
    pub(super) lab3: Option<Program>,
    pub(super) lab4: Option<Program>,
    /// The program that the user has named.
    pub(super) other: Option<Program>,
    pub(super) baseline: Option<Program>,
    pub(super) rounds: usize,
    pub(super) is_quick: bool,
}

impl Stage {
    /// Finds the programs in a folder, redis-server where programs are, and the one that the user has named.
    ///
    /// # Errors
    /// If that one is not there.
    pub(super) fn new(options: &Options) -> Result<Self, BenchError> {
        let folder = options.programs.clone();
        let program = |name: &str, binary: PathBuf| {
            let protocol = if name == "lab1" { Protocol::Lines } else { Protocol::Resp };
            let is_there = binary.exists();
            let start = Start::Lab { binary, options: vec!["--quiet".to_owned()] };
            is_there.then(|| Program { name: name.to_owned(), protocol, start })
        };
        let lab = |name: &str, file: &str| program(name, folder.join(file));
        let found = |path: &PathBuf| path.canonicalize().map_err(|error| file_error(path, &error));
        let other = options.with.as_ref().map(found).transpose()?;
        Ok(Self {
            redis: tools::is_installed(REDIS.package).then(redis),
            lab1: lab("lab1", "lab1-blocking"),
            lab2: lab("lab2", "lab2-resp"),
            lab3: lab("lab3", "lab3-multiclient"),
            lab4: lab("lab4", "lab4-fair"),
            other: other.and_then(|binary| program("other", binary)),
            baseline: lab("baseline", "examples/baseline"),
            rounds: options.rounds,
            is_quick: options.is_quick,
            folder,
        })
    }

    /// What is not here, and what is lost without it.
    pub(super) fn missing(&self) -> Vec<String> {
        let not_built = "not built: cargo build --release --workspace --bins";
        let mut missing = Vec::new();
        if self.redis.is_none() {
            let mend = tools::how_to_get(REDIS.package);
            missing.push(format!("redis-server, which is not installed: {mend}"));
        }
        let labs = [
            ("lab1", &self.lab1),
            ("lab2", &self.lab2),
            ("lab3", &self.lab3),
            ("lab4", &self.lab4),
        ];
        for (name, lab) in labs {
            if lab.is_none() {
                missing.push(format!("{name}, which is {not_built}"));
            }
        }
        if self.baseline.is_none() {
            let build = "cargo build --release -p lab4-fair --example baseline";
            missing.push(format!("the baseline, which is not built: {build}"));
        }
        missing
    }

    /// Redis and the fast lab.
    pub(super) fn redis_and_lab4(&self) -> Vec<&Program> {
        self.redis.iter().chain(&self.lab4).collect()
    }

    /// The same with lab 3 and the other program, where that is cheap.
    pub(super) fn redis_and_labs(&self) -> Vec<&Program> {
        self.redis.iter().chain(&self.lab3).chain(&self.lab4).chain(&self.other).collect()
    }

    /// Where the program of this name is.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// So many, or with `--quick` a small part.
    pub(super) fn scaled(&self, count: u64) -> u64 {
        if self.is_quick { count.div_ceil(QUICK) } else { count }
    }

    /// The same, of what is counted in memory.
    pub(super) fn scaled_size(&self, count: usize) -> usize {
        usize::try_from(self.scaled(count as u64)).unwrap_or(count)
    }
}

fn redis() -> Program {
    let options = ["--maxclients", "12000"].map(str::to_owned).to_vec();
    let start = Start::Redis { binary: REDIS.package.into(), port: 0, options };
    Program { name: REDIS.short.to_owned(), protocol: REDIS.protocol, start }
}

/// The order of a round: each begins with another, so that none is always the first.
pub(super) fn rotated(count: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |place| (place + round) % count.max(1))
}
