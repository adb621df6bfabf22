//! `lens bench`: redis-server, lab 3, lab 4 and the baseline under the same loads, in turns, in one run.
//!
//! - `loads`: what is sent (`loads.toml`). `besides`: what is not a load: growth, memory, stops.
//! - `stage`: the programs, and how often and how much. `spread`: medians, and how far figures stray.
//! - `report`: all figures, for machines. `table`, `chart`: for people.

mod besides;
mod chart;
mod loads;
mod report;
mod spread;
mod stage;
mod table;
pub(crate) mod tell;

use std::fs;
use std::path::{Path, PathBuf};

pub use crate::text::figure;
pub use chart::svg;
pub use report::{Judged, Report, Row};
pub use spread::Spread;
pub use table::text;

use crate::measure::{Clock, Machine, MeasureError, raise_file_limit};
use besides::Besides;
use stage::Stage;

type Ended<T> = Result<T, MeasureError>;

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
    #[error("{}: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// What can be measured: names, and what they are.
///
/// # Errors
/// If `loads.toml` is not as it should be.
pub fn list() -> Result<Vec<(String, String)>, toml::de::Error> {
    let besides = Besides::ALL.iter().map(|it| (it.name().to_owned(), it.about().to_owned()));
    let loads = loads::all()?.into_iter().map(|load| (load.name, load.about));
    Ok(loads.chain(besides).collect())
}

/// Measures, says on stderr what goes on, writes the report and the chart, and returns the tables.
///
/// # Errors
/// [`BenchError`]. What cannot be measured while other things can is in the report.
pub fn run(options: &Options) -> Result<String, BenchError> {
    check(&options.only)?;
    raise_file_limit();
    let stage = Stage::new(options)?;
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
        missing: stage.missing(),
    };
    let is_asked =
        |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    for load in loads::all()?.into_iter().filter(|load| is_asked(&load.name)) {
        tell::line(&format!("{} ({})", load.about, load.name));
        match load.measure(&stage) {
            // Why no server is there is said already.
            Ok(measured) if measured.cpu.is_empty() => {}
            Ok(measured) => {
                report.cpu.push(measured.cpu);
                report.throughput.push(measured.throughput);
                report.p50.push(measured.p50);
                report.p99.push(measured.p99);
            }
            Err(error) => report.missing.push(format!("{}: {error}", load.name)),
        }
    }
    for one in Besides::ALL.iter().filter(|one| is_asked(one.name())) {
        tell::line(&format!("{} ({})", one.about(), one.name()));
        match one.measure(&stage) {
            Ok(rows) => report.others.extend(rows.into_iter().filter(|row| !row.is_empty())),
            Err(error) => report.missing.push(format!("{}: {error}", one.name())),
        }
    }
    finish(options, &report)
}

fn finish(options: &Options, report: &Report) -> Result<String, BenchError> {
    if report.cpu.is_empty() && report.others.is_empty() {
        return Err(BenchError::Nothing(report.missing.clone()));
    }
    let json = serde_json::to_string_pretty(report);
    let json = json.map_err(|error| file_error(&options.json, &error))?;
    write(&options.json, &(json + "\n"))?;
    let mut parts = vec![table::text(report), format!("Report: {}\n", options.json.display())];
    if !report.cpu.is_empty() {
        write(&options.chart, &chart::svg(report))?;
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

fn write(path: &Path, text: &str) -> Result<(), BenchError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| file_error(path, &error))
}

fn file_error(path: &Path, error: &dyn std::error::Error) -> BenchError {
    BenchError::File { path: path.to_owned(), why: error.to_string() }
}
