//! Records a lab, or Redis, with a scenario. A folder is there only when it is whole. It holds:
//!
//! - `strace.log`: the calls of the server that have to do with sockets and waiting.
//! - `lines.json`: from which line of the source each of them was made ([`trace::call_paths`]), from a second run.
//! - `clients.jsonl`: what the clients did and saw ([`trace::client_log`]).
//! - `packets.pcap`: the packets between them. `server.log`: the log of the server.
//! - `meta.json`: all about it ([`Meta`]), and why a file is missing.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use harness::labs::{Lab, REDIS};
use harness::scenario::{self, Scenario};
use rustix::process::Pid;
use serde::Serialize;

use crate::sys::server::Said;
use crate::sys::tools::{NotInstalled, version};
use crate::sys::{FileError, Program, Server, ServerError, Start, Tracer, files, has_option};
use trace::client_log::{self, ClientEvent};

mod build;
mod error;
mod folder;
mod lines;
mod meta;
mod packets;
#[cfg(target_os = "linux")]
mod quiet;
mod tracer;

pub use error::RecordError;
use folder::Folder;
pub use meta::Meta;
use packets::Packets;
pub(crate) use tracer::Trace;

/// What to record, and where to put it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which lab.
    pub lab: Lab,
    /// Which scenario.
    pub scenario: Scenario,
    /// The folder to make.
    pub out: PathBuf,
    /// Which port; 0 takes a free one.
    pub port: u16,
    /// The program, if it is not to be built.
    pub binary: Option<PathBuf>,
    /// More options for the server. For a lab, they replace ours of the same name.
    pub options: Vec<String>,
    /// Which runs to make.
    pub runs: Runs,
}

/// Times and lines come from two runs, because the tool that tells lines makes each call slow. Where a line must never be
/// that of another call, and some milliseconds do not matter, both come from a single run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// The one for the times: the recording has no lines.
    Times,
    /// Both.
    Both,
    /// The one for the lines: the rest of the recording that is there stays.
    Lines,
    /// One run for both: each call has the line of that very call, and takes some milliseconds more.
    Single,
}

/// What was recorded.
#[derive(Debug)]
pub struct Recording {
    /// The folder.
    pub folder: PathBuf,
    /// What the clients did.
    pub events: Vec<ClientEvent>,
    /// All about it.
    pub meta: Meta,
}

/// Records. What goes on is told on `progress`: the commands that are run, as one would type them.
///
/// # Errors
/// [`RecordError`]; then there is no folder, and nothing is left running.
pub fn record(options: &Options, progress: &mut impl Write) -> Result<Recording, RecordError> {
    let strace = version("strace").ok_or(NotInstalled("strace"))?;
    let folder = Folder::begin(&options.out)?;
    let options = &built(options, progress)?;
    let file = |name: &str| folder.path().join(name);
    let (mut meta, first) = match options.runs {
        Runs::Lines => keep(&options.out, folder.path())?,
        _ => record_times(options, (strace, folder.path()), progress)?,
    };
    let lines = match options.runs {
        Runs::Single => lines::of_single(options, &first).map(|paths| (None, paths)),
        _ => lines::record(options, (&first, folder.path()), progress)
            .map(|(command, paths)| (Some(command), paths)),
    };
    match lines {
        Ok((command, paths)) => {
            meta.knows_lines(command, &paths);
            write_lines(&file("lines.json"), &json_lines(&[paths])?)?;
        }
        Err(why) => meta.lines = format!("none: {why}"),
    }
    files::write_json(&file("meta.json"), &meta)?;
    Ok(Recording { folder: folder.finish()?, events: first.events, meta })
}

/// The same with a program, for all runs.
fn built(options: &Options, progress: &mut impl Write) -> Result<Options, RecordError> {
    let mut options = options.clone();
    if options.binary.is_none() && options.lab != REDIS {
        options.binary = Some(build::build(&options.lab, progress)?);
    }
    Ok(options)
}

/// Records all but the lines.
fn record_times(
    options: &Options,
    (strace, folder): (String, &Path),
    progress: &mut impl Write,
) -> Result<(Meta, Run), RecordError> {
    let mut meta = Meta::new(options, strace);
    let log = folder.join("strace.log");
    let trace = if options.runs == Runs::Single { Trace::Single } else { Trace::Recording };
    let server = start_traced(options, trace, &log, progress)?;
    meta.started(&server);
    let packets = Packets::start(server.addr.port(), folder, progress);
    let (first, Said { stdout, stderr }) = run(&options.scenario, (options.lab, server), &log)?;
    meta.said_at_the_end = stdout.last().cloned().unwrap_or_default();
    meta.packets(packets);
    if meta.packets.starts_with("none: ") {
        // Half a capture may be there. Most often there is none, and nothing to remove.
        _ = fs::remove_file(folder.join("packets.pcap"));
    }
    // A lab logs to stderr, and Redis to stdout.
    let said = if options.lab == REDIS { [stdout, stderr].concat() } else { stderr };
    write_lines(&folder.join("server.log"), &said)?;
    write_lines(&folder.join("clients.jsonl"), &json_lines(&first.events)?)?;
    Ok((meta, first))
}

/// Copies all but the lines from the recording that is there.
fn keep(old: &Path, folder: &Path) -> Result<(Meta, Run), RecordError> {
    let meta = Meta::read(old).ok_or_else(|| RecordError::NoRecording(old.to_owned()))?;
    for name in ["strace.log", "clients.jsonl", "server.log", "packets.pcap"] {
        let file = old.join(name);
        if file.exists() {
            fs::copy(&file, folder.join(name)).map_err(|error| FileError::new(&file, error))?;
        }
    }
    let failed = |error| FileError::new(old, error);
    let log = fs::read(old.join("strace.log")).map_err(failed)?;
    let events = client_log::read_log(&old.join("clients.jsonl")).map_err(failed)?;
    let main_thread = meta.pid;
    Ok((meta, Run { log, main_thread, events }))
}

/// What a run of a scenario has left.
struct Run {
    /// The log of strace.
    log: Vec<u8>,
    main_thread: i32,
    events: Vec<ClientEvent>,
}

/// Runs the scenario, waits until the server has closed all connections, and ends it.
fn run(
    scenario: &Scenario,
    (lab, server): (Lab, Server),
    log: &Path,
) -> Result<(Run, Said), RecordError> {
    let main_thread = server.pid.map_or(0, Pid::as_raw_pid);
    let events = scenario::run(scenario, server.addr, lab.protocol);
    #[cfg(target_os = "linux")]
    quiet::wait_until_all_are_closed(server.addr.port());
    let said = server.stop()?;
    let log = fs::read(log).map_err(|error| FileError::new(log, error))?;
    Ok((Run { log, main_thread, events }, said))
}

/// Starts the server under strace, which writes `log`, and runs no scenario. The options name the program of a lab, which
/// is built already.
pub(crate) fn start_traced(
    options: &Options,
    trace: Trace,
    log: &Path,
    progress: &mut impl Write,
) -> Result<Server, RecordError> {
    let program = program(options, trace)?;
    let tracer = Tracer { words: trace.options(options.lab), log };
    // Where nobody reads it, the progress is lost; that is no reason to stop.
    let tell = |command: &str| _ = writeln!(progress, "+ {command}");
    Server::start_traced(&program, Some(&tracer), tell).map_err(|error| match error {
        ServerError::Start { .. } if options.lab != REDIS => {
            RecordError::Start { package: options.lab.package, error }
        }
        _ => error.into(),
    })
}

fn program(asked: &Options, trace: Trace) -> Result<Program, RecordError> {
    let Options { lab, port, binary, .. } = asked;
    let mut options = asked.options.clone();
    let binary = binary.clone().unwrap_or_else(|| lab.package.into());
    let start = if *lab == REDIS {
        // Below strace, a missing program is an error of strace, which says it less well.
        version(&binary).ok_or(NotInstalled(lab.package))?;
        Start::Redis { binary, port: *port, options }
    } else {
        if *port != 0 && !has_option(&options, "--port") {
            options.splice(0..0, ["--port".to_owned(), port.to_string()]);
        }
        if !matches!(trace, Trace::Recording | Trace::Lines | Trace::Single) {
            // No call that tells about each request.
            options.push("--quiet".to_owned());
        }
        Start::Lab { binary, options }
    };
    Ok(Program { name: lab.package.to_owned(), protocol: lab.protocol, start })
}

fn json_lines<T: Serialize>(values: &[T]) -> Result<Vec<String>, FileError> {
    let lines: Result<Vec<String>, _> = values.iter().map(serde_json::to_string).collect();
    lines.map_err(|error| FileError::new(Path::new("JSON"), error))
}

fn write_lines(path: &Path, lines: &[String]) -> Result<(), FileError> {
    files::write(path, lines.iter().flat_map(|line| [line, "\n"]).collect::<String>())
}
