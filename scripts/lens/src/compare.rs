//! `lens compare`: the same scenario and the same loads for each stage, one after the other, and what came of
//! it, as text and as files.
//!
//! - `stages`: who is compared. `measured`: what is known about one of them. `tools`: what may be used here.
//! - `clients`: B's wait. `loads`, `quiet`, `calls`, `packets`, `memory`, `silent`, `flames`: one thing each.
//! - `source`: what stands in the repository. `replay`: what recordings tell. `rows`: the table.
//! - `caller`: a client of ours.

mod caller;
mod calls;
mod clients;
mod files;
mod flames;
mod loads;
mod measured;
mod memory;
mod packets;
mod quiet;
mod replay;
mod rows;
mod silent;
mod source;
mod stages;
mod tools;

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use crate::bench::tell;
use crate::labs::{Lab, THREADS};
use crate::measure::{Machine, raise_file_limit};
use crate::record::{self, Trace};
use crate::report::model::{Comparison, Missing};
use crate::report::table;
use crate::scenario;
use crate::sys::{Server, cleanup};

use measured::Measured;
use stages::Subject;
use tools::Tools;

/// What to compare, and where to put it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Less of everything: two loads in place of four, shorter ones, and no flame graphs.
    pub is_quick: bool,
    /// Also the example of lab 3 that has a thread for each client.
    pub with_threads: bool,
    /// Another server that runs already, as `HOST:PORT`.
    pub with: Option<String>,
    /// Labs of the student.
    pub own: Vec<Lab>,
    /// Read the recordings of the kit, and start nothing.
    pub is_recorded: bool,
    /// The folder that gets the files.
    pub out: PathBuf,
    /// Where the programs of the labs are.
    pub programs: PathBuf,
    /// The packages of labs that do not build.
    pub broken: Vec<String>,
    /// The top folder of the kit: its sources and recordings.
    pub kit: PathBuf,
}

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// Nothing is known of any stage.
    #[error("no stage could be measured; {} says why", .0.display())]
    Nothing(PathBuf),
    /// A file could not be written.
    #[error("{}: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

/// Compares, says on stderr what goes on, writes the files, and returns the text: with all rows
/// of the table or with the main ones, coloured or not.
///
/// # Errors
/// [`CompareError`]. What could not be had while other things could is in the files, with the reason.
pub fn run(options: &Options, has_details: bool, has_colour: bool) -> Result<String, CompareError> {
    let mut missing = Vec::new();
    // Where files cannot be written, it is better to know now than in a minute.
    files::prepare(&options.out)?;
    // Our own load must not look like that of others.
    let machine = (!options.is_recorded).then(Machine::this);
    let measured = if options.is_recorded {
        replay::all(&options.kit, &mut missing)
    } else {
        raise_file_limit();
        measure(options, &mut missing)
    };
    let comparison = Comparison {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        machine,
        rows: rows::all(&measured, options.is_recorded),
        lessons: source::lessons(&options.kit, &mut missing),
        stages: measured.into_iter().map(|it| it.stage).collect(),
        missing,
    };
    let written = files::write(&comparison, &options.out)?;
    if comparison.stages.iter().all(|stage| stage.timeline.is_none() && stage.loads.is_empty()) {
        return Err(CompareError::Nothing(options.out.join("compare.md")));
    }
    Ok(table::text(&comparison, has_details, has_colour) + &written)
}

fn measure(options: &Options, missing: &mut Vec<Missing>) -> Vec<Measured> {
    let tools = Tools::find(missing);
    if options.is_quick {
        let what = "the loads of 10 and of 500 clients, flame graphs".to_owned();
        missing.push(Missing {
            stage: None,
            what,
            why: "left out: run it without --quick".to_owned(),
        });
    }
    let stages = stages::all(options, missing);
    let count = stages.len();
    let one = |(index, stage): (usize, &Subject)| {
        tell::line(&format!("[{}/{count}] {}: {}", index + 1, stage.name, stage.about));
        let measured = measure_one(stage, options, &tools);
        missing.extend(measured.missing_of_stage());
        measured
    };
    stages.iter().enumerate().map(one).collect()
}

/// All about one stage. What fails says so, and leaves the rest alone.
fn measure_one(stage: &Subject, options: &Options, tools: &Tools) -> Measured {
    let mut measured = Measured::new(stage);
    measured.lines = source::lines(&options.kit, stage);
    if options.broken.contains(&stage.name) {
        let words = match stage.lab {
            Some(lab) if lab != THREADS => lab.cargo_words().join(" "),
            _ => "-p lab3-multiclient --example threads".to_owned(),
        };
        let why = format!("it does not build: cargo build --release {words} tells why");
        measured.lacks("everything that is measured", &why);
        return measured;
    }
    // A lab that does not start will not start for the next measurement either.
    if let Err(why) = stage.start() {
        measured.lacks("everything that is measured", &why);
        return measured;
    }
    let steps = if options.is_quick { &STEPS[..STEPS.len() - 1] } else { &STEPS };
    for (what, measure) in steps {
        tell::line(&format!("  {what}"));
        measure(stage, &Means { options, tools }, &mut measured);
    }
    measured
}

/// With what something is measured.
struct Means<'a> {
    options: &'a Options,
    tools: &'a Tools,
}

type Step = fn(&Subject, &Means<'_>, &mut Measured);

/// What is measured of each stage, in this order; `--quick` leaves out the last.
const STEPS: [(&str, Step); 8] = [
    ("client B beside client A", clients::measure),
    ("loads", loads::measure),
    ("a quiet client beside a busy one", quiet::measure),
    ("system calls a request", calls::measure),
    ("packets a request", packets::measure),
    ("memory a key", memory::measure),
    ("memory a silent client", silent::measure),
    ("flame graphs", flames::measure),
];

/// A folder for what need not be kept: gone when it is dropped, or when somebody presses Ctrl-C.
fn scratch() -> Result<TempDir, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    cleanup::remove_on_signal(folder.path());
    Ok(folder)
}

/// Starts a stage under strace.
fn start_traced(stage: &Subject, lab: Lab, trace: Trace, log: &Path) -> Result<Server, String> {
    let scenario = scenario::find(clients::SCENARIO).map_err(|error| error.to_string())?;
    let order = stage.order(lab, scenario, PathBuf::new());
    let server = record::start_traced(&order, trace, log, &mut io::stderr());
    server.map_err(|error| error.to_string())
}
