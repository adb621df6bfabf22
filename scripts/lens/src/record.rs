//! Records a lab, or Redis, with a scenario: the calls of the server, what its clients did, and the packets, in
//! one folder. A folder is there only when it is whole.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

use crate::labs::{self, Lab, REDIS};
use crate::scenario::{self, Scenario};
use crate::sys::server::Said;
use crate::sys::tools::{NotInstalled, version};
use crate::sys::{FileError, Program, Server, ServerError, Start, Tracer, files, has_option};
use trace::client_log::ClientEvent;

mod build;
mod folder;
mod meta;
mod packets;
mod quiet;
mod tracer;

use folder::Folder;
pub use meta::Meta;
use packets::Packets;
pub(crate) use tracer::Trace;

/// What to record, and where to put it.
#[derive(Debug)]
pub struct Order {
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

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A tool is missing.
    #[error(transparent)]
    Missing(#[from] NotInstalled),
    /// The lab was not built.
    #[error("{package} does not build: cargo build {words} tells why")]
    Build {
        /// Its package.
        package: &'static str,
        /// Which words tell cargo what is meant.
        words: String,
    },
    /// The lab was not ready in time, or has ended before.
    #[error("{error} (to try it yourself: {})", to_run(package))]
    Start {
        /// Its package.
        package: &'static str,
        /// What it says, or what we saw.
        error: ServerError,
    },
    /// Redis was not ready in time, or a server did not end as it should.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The folder is there already, and is not ours to replace.
    #[error("{} is there already and is no recording: give another folder with --out", .0.display())]
    Taken(PathBuf),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Records. What goes on is told on `progress`: the commands that are run, as one would type them.
///
/// # Errors
/// [`RecordError`]; then there is no folder, and nothing is left running.
pub fn record(order: &Order, progress: &mut impl Write) -> Result<Recording, RecordError> {
    let strace = version("strace").ok_or(NotInstalled("strace"))?;
    let folder = Folder::begin(&order.out)?;
    let mut meta = Meta::new(order, strace);
    let log = folder.path().join("strace.log");
    let server = start_traced(order, Trace::Recording, &log, progress)?;
    meta.commands.push(server.command.clone());
    meta.address = server.addr.to_string();
    meta.pid = server.pid.map_or(0, Pid::as_raw_pid);
    let packets = Packets::start(server.addr.port(), folder.path(), progress);
    let events = scenario::run(&order.scenario, server.addr, order.lab.protocol);
    quiet::wait_until_all_are_closed(server.addr.port());
    let Said { stdout, stderr } = server.stop()?;
    meta.said_at_the_end = stdout.last().cloned().unwrap_or_default();
    meta.packets(packets);
    if meta.packets.starts_with("none: ") {
        // Half a capture may be there. Most often there is none, and nothing to remove.
        _ = fs::remove_file(folder.path().join("packets.pcap"));
    }
    // A lab logs to stderr, and Redis to stdout.
    let log = if order.lab == REDIS { [stdout, stderr].concat() } else { stderr };
    write_lines(&folder.path().join("server.log"), &log)?;
    write_lines(&folder.path().join("clients.jsonl"), &as_json(&events)?)?;
    files::write_json(&folder.path().join("meta.json"), &meta)?;
    Ok(Recording { folder: folder.finish()?, events, meta })
}

/// Starts the server of this order under strace, which writes `log`, and plays no scenario. A lab is built
/// first, if no program is given.
pub(crate) fn start_traced(
    order: &Order,
    trace: Trace,
    log: &Path,
    progress: &mut impl Write,
) -> Result<Server, RecordError> {
    let program = program(order, trace, progress)?;
    let tracer = Tracer { words: trace.options(order.lab), log };
    // Where nobody reads it, the progress is lost; that is no reason to stop.
    let tell = |command: &str| _ = writeln!(progress, "+ {command}");
    Server::start_traced(&program, Some(&tracer), tell).map_err(|error| match error {
        ServerError::Start { .. } if order.lab != REDIS => {
            RecordError::Start { package: order.lab.package, error }
        }
        _ => error.into(),
    })
}

fn program(order: &Order, trace: Trace, progress: &mut impl Write) -> Result<Program, RecordError> {
    let Order { lab, port, binary, .. } = order;
    let mut options = order.options.clone();
    let start = if *lab == REDIS {
        let binary = binary.clone().unwrap_or_else(|| lab.package.into());
        // Below strace, a missing program is an error of strace, which says it less well.
        version(&binary).ok_or(NotInstalled(lab.package))?;
        Start::Redis { binary, port: *port, options }
    } else {
        let binary = binary.clone().map_or_else(|| build::build(lab, progress), Ok)?;
        if *port != 0 && !has_option(&options, "--port") {
            options.splice(0..0, ["--port".to_owned(), port.to_string()]);
        }
        if trace != Trace::Recording {
            // No call that tells about each request.
            options.push("--quiet".to_owned());
        }
        Start::Lab { binary, options }
    };
    Ok(Program { name: lab.package.to_owned(), protocol: lab.protocol, start })
}

/// What to type to start it.
fn to_run(package: &str) -> String {
    match labs::find(package) {
        Ok(lab) => format!("cargo run {}", lab.cargo_words().join(" ")),
        Err(_) => package.to_owned(),
    }
}

fn as_json(events: &[ClientEvent]) -> Result<Vec<String>, FileError> {
    let lines: Result<Vec<String>, _> = events.iter().map(serde_json::to_string).collect();
    lines.map_err(|error| FileError::new(Path::new("clients.jsonl"), error))
}

fn write_lines(path: &Path, lines: &[String]) -> Result<(), FileError> {
    files::write(path, lines.iter().flat_map(|line| [line, "\n"]).collect::<String>())
}
