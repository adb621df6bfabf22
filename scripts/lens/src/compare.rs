//! `lens compare`: the same scenario and the same loads for each stage, one after the other, and what came of
//! it, as text and as files.
//!
//! - `subjects`: which servers. `tools`: what may be used here. `measured`: what is known about one server.
//! - `clients`: B's wait. `loads`, `quiet`, `calls`, `packets`, `memory`, `flames`: one thing each.
//! - `source`: what stands in the repository. `replay`: what recordings tell.
//! - `rows`, `figures`: the table.

mod calls;
mod clients;
mod figures;
mod flames;
mod loads;
mod measured;
mod memory;
mod packets;
mod quiet;
mod replay;
mod rows;
mod source;
mod subjects;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use harness::cleanup;
use harness::labs::{Lab, THREADS};
use harness::scenario::{self, Scenario};
use tempfile::TempDir;

use crate::measure::{Machine, Subject, progress, raise_file_limit};
use crate::record::{self, Runs, Trace};
use crate::report::model::{Comparison, Missing};
use crate::report::{markdown, page, table};

use crate::sys::{FileError, Server, Start, files};

use measured::Measured;
use tools::{PERF, SS, STACKS, STRACE, Tool, Tools};

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
    #[error(transparent)]
    File(#[from] FileError),
}

/// Compares, says on stderr what goes on, writes the files, and returns the text: with all rows
/// of the table or with the main ones, coloured or not.
///
/// # Errors
/// [`CompareError`]. What could not be had while other things could is in the files, with the reason.
pub fn run(options: &Options, has_details: bool, has_colour: bool) -> Result<String, CompareError> {
    let mut missing = Vec::new();
    // Where files cannot be written, it is better to know now than in a minute.
    fs::create_dir_all(&options.out).map_err(|error| FileError::new(&options.out, error))?;
    // Our own load must not look like that of others.
    let machine = (!options.is_recorded).then(Machine::this);
    let mut measured = if options.is_recorded {
        replay::all(&options.kit, &mut missing)
    } else {
        raise_file_limit();
        measure(options, &mut missing)
    };
    missing.extend(measured.iter_mut().flat_map(|it| std::mem::take(&mut it.missing)));
    let comparison = Comparison {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        machine,
        rows: rows::all(&measured, options.is_recorded),
        lessons: source::lessons(&options.kit, &mut missing),
        stages: measured.into_iter().map(|it| it.stage).collect(),
        missing,
    };
    let written = write(&comparison, &options.out)?;
    if comparison.stages.iter().all(|stage| stage.timeline.is_none() && stage.loads.is_empty()) {
        return Err(CompareError::Nothing(options.out.join("compare.md")));
    }
    Ok(table::text(&comparison, has_details, has_colour) + &written)
}

/// Writes all files: for people, for a wiki, for machines. Returns a line for each.
fn write(comparison: &Comparison, out: &Path) -> Result<String, FileError> {
    let [page, wiki, json] = ["index.html", "compare.md", "compare.json"].map(|it| out.join(it));
    files::write(&page, page::html(comparison))?;
    files::write(&wiki, markdown::text(comparison))?;
    files::write_json(&json, comparison)?;
    Ok([page, wiki, json].map(|path| format!("Written: {}\n", path.display())).concat())
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
    let subjects = subjects::all(options, missing);
    let count = subjects.len();
    let one = |(index, subject): (usize, &Subject)| {
        let (name, about) = (&subject.program.name, subject.lab.about);
        progress::line(&format!("[{}/{count}] {name}: {about}", index + 1));
        measure_one(subject, options, &tools)
    };
    subjects.iter().enumerate().map(one).collect()
}

/// All about one server. What fails says so, and leaves the rest alone.
fn measure_one(subject: &Subject, options: &Options, tools: &Tools) -> Measured {
    let name = subject.program.name.as_str();
    let mut measured = Measured::new(name, &subject.short, subject.lab);
    if let Some(lines) = source::lines(&options.kit, subject.lab) {
        measured.set("lines of its own code", lines);
    }
    if options.broken.iter().any(|broken| broken == name) {
        let words = match subject.lab {
            THREADS => "-p lab3-multiclient --example threads".to_owned(),
            lab => lab.cargo_words().join(" "),
        };
        let why = format!("it does not build: cargo build --release {words} tells why");
        measured.lacks("everything that is measured", &why);
        return measured;
    }
    // A server that does not start will not start for the next measurement either.
    if let Err(why) = subject.start() {
        measured.lacks("everything that is measured", &why.to_string());
        return measured;
    }
    let steps = if options.is_quick { &STEPS[..QUICK_STEPS] } else { &STEPS };
    for (what, needs, measure) in steps {
        progress::line(&format!("  {what}"));
        // Why a tool does not work is said once for all.
        let may_use =
            |tool: &Tool| tools.has(tool) && !(tool.starts_the_server() && subject.is_running());
        if !needs.as_ref().is_none_or(may_use) {
            continue;
        }
        if let Err(why) = measure(subject, &Means { options, tools }, &mut measured) {
            measured.lacks(what, &why.to_string());
        }
    }
    measured
}

/// With what something is measured.
struct Means<'a> {
    options: &'a Options,
    tools: &'a Tools,
}

/// What came of a measurement, or why nothing did.
type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;
/// What is measured, the tool that it needs, and how it is measured.
type Step = (&'static str, Option<Tool>, fn(&Subject, &Means<'_>, &mut Measured) -> Done);

/// `--quick` leaves out what is behind these: flame graphs.
const QUICK_STEPS: usize = 7;
/// What is measured of each server, in this order.
const STEPS: [Step; 9] = [
    ("client B beside client A", None, clients::measure),
    ("loads", None, loads::measure),
    ("a quiet client beside a busy one", None, quiet::measure),
    ("system calls a request", Some(STRACE), calls::measure),
    ("packets and bytes a request", Some(SS), packets::measure),
    ("memory a key", None, memory::of_a_key),
    ("memory a silent client", None, memory::of_a_silent_client),
    ("its flame graph of running", Some(PERF), flames::running),
    ("its flame graph of waiting", Some(STACKS), flames::waiting),
];

/// A folder for what need not be kept: gone when it is dropped, or when somebody presses Ctrl-C.
fn scratch() -> std::io::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    cleanup::remove_on_signal(folder.path());
    Ok(folder)
}

/// Starts a server under strace.
fn start_traced(subject: &Subject, trace: Trace, log: &Path) -> Done<Server> {
    let options = recording(subject, scenario::find(clients::SCENARIO)?, PathBuf::new());
    Ok(record::start_traced(&options, trace, log, &mut std::io::stderr())?)
}

/// The recording of a scenario that a server is started for.
fn recording(subject: &Subject, scenario: Scenario, out: PathBuf) -> record::Options {
    let binary = match &subject.program.start {
        Start::Lab { binary, .. } => Some(binary.clone()),
        _ => None,
    };
    let (lab, options, runs) = (subject.lab, Vec::new(), Runs::Times);
    record::Options { lab, scenario, out, port: 0, binary, options, runs }
}
