//! `lens bench`: redis-server, lab 3, lab 4 and the baseline under the same loads, in turns, in one run.
//!
//! - `loads`: what is sent (`loads.toml`). `microbench`: what is no load: growth, memory, stops.
//! - `targets`: the servers, and how often and how much.
//! - `report`: all figures, for machines. `table`, `chart`: for people.

mod chart;
mod loads;
mod microbench;
mod report;
mod table;
mod targets;

use std::path::PathBuf;

pub use crate::text::figure;
pub use chart::svg;
pub use report::{Judged, Report, Row};
pub use table::text;

use crate::measure::{Machine, progress, raise_file_limit};
use crate::sys::{Clock, FileError, files};
use targets::Targets;

/// What to measure, and where to put it.
#[derive(Debug)]
pub struct Options {
    /// The names of what to measure; all of it if there are none.
    pub only: Vec<String>,
    /// How often.
    pub rounds: usize,
    /// A small part of each load: to see that it works.
    pub is_quick: bool,
    /// Where the programs of the labs are, and in `examples` the baseline.
    pub programs: PathBuf,
    /// One more server: its program.
    pub with: Option<PathBuf>,
    /// The file that gets the report.
    pub json: PathBuf,
    /// The file that gets the chart.
    pub chart: PathBuf,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// There is nothing of that name to measure.
    #[error("there is no load '{name}': take some of {}", .known.join(" "))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Nothing of what was asked could be measured.
    #[error("nothing could be measured: {}", .0.join("; "))]
    Nothing(Vec<String>),
    /// The loads are not as they should be.
    #[error("loads.toml cannot be read: {0}")]
    Loads(#[from] toml::de::Error),
    /// A file could not be written, or is not there.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What can be measured: names, and what they are.
///
/// # Errors
/// If `loads.toml` is not as it should be.
pub fn list() -> Result<Vec<(String, String)>, toml::de::Error> {
    let others = microbench::ALL.iter().map(|it| (it.name.to_owned(), it.about.to_owned()));
    let loads = loads::all()?.into_iter().map(|load| (load.name, load.about));
    Ok(loads.chain(others).collect())
}

/// Measures, says on stderr what goes on, writes the report and the chart, and returns the tables.
///
/// # Errors
/// [`BenchError`]. What cannot be measured while other things can is in the report.
pub fn run(options: &Options) -> Result<String, BenchError> {
    check(&options.only)?;
    raise_file_limit();
    let targets = Targets::find(options)?;
    let mut report = Report {
        machine: Machine::this(),
        clock: Clock::best(),
        rounds: options.rounds,
        is_quick: options.is_quick,
        cpu: Vec::new(),
        throughput: Vec::new(),
        p50: Vec::new(),
        p99: Vec::new(),
        others: Vec::new(),
        missing: targets.missing.clone(),
    };
    let is_asked =
        |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    for load in loads::all()?.into_iter().filter(|load| is_asked(&load.name)) {
        progress::line(&format!("{} ({})", load.about, load.name));
        match load.measure(&targets) {
            // Why no server is there is said already.
            Ok([cpu, ..]) if cpu.is_empty() => {}
            Ok([cpu, throughput, p50, p99]) => {
                report.cpu.push(cpu);
                report.throughput.push(throughput);
                report.p50.push(p50);
                report.p99.push(p99);
            }
            Err(error) => report.missing.push(format!("{}: {error}", load.name)),
        }
    }
    for one in microbench::ALL.iter().filter(|one| is_asked(one.name)) {
        progress::line(&format!("{} ({})", one.about, one.name));
        match (one.measure)(&targets) {
            Ok(rows) => report.others.extend(rows.into_iter().filter(|row| !row.is_empty())),
            Err(error) => report.missing.push(format!("{}: {error}", one.name)),
        }
    }
    finish(options, &report)
}

fn finish(options: &Options, report: &Report) -> Result<String, BenchError> {
    if report.cpu.is_empty() && report.others.is_empty() {
        return Err(BenchError::Nothing(report.missing.clone()));
    }
    files::write_json(&options.json, report)?;
    let mut parts = vec![table::text(report), format!("Report: {}\n", options.json.display())];
    if !report.cpu.is_empty() {
        files::write(&options.chart, chart::svg(report))?;
        parts.push(format!("Chart:  {}\n", options.chart.display()));
    }
    Ok(parts.concat())
}

fn check(only: &[String]) -> Result<(), BenchError> {
    let known: Vec<String> = list()?.into_iter().map(|(name, _)| name).collect();
    match only.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(BenchError::Unknown { name: name.clone(), known }),
        None => Ok(()),
    }
}
