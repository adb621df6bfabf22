//! Records a lab, or Redis, with a scenario: the calls of the server, what its clients did, and the packets, in
//! one folder. A folder is there only when it is whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::labs::{self, Lab, UnknownLab};
use crate::scenario::{self, Scenario, ScenarioError};
use trace::client_log::ClientEvent;

mod build;
mod cleanup;
mod folder;
pub(crate) mod group;
pub(crate) mod meta;
mod packets;
pub(crate) mod program;
mod quiet;
pub(crate) mod server;

pub use cleanup::end_on_signals;
pub(crate) use cleanup::remove_on_signal;
use folder::Folder;
pub use meta::Meta;
use packets::Packets;
use program::Program;
pub(crate) use program::Trace;
pub(crate) use server::Server;

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
    /// There is no such lab.
    #[error(transparent)]
    Lab(#[from] UnknownLab),
    /// There is no such scenario.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A tool is missing.
    #[error("{tool} is not installed: {mend}")]
    Missing {
        /// Its name.
        tool: &'static str,
        /// What to type.
        mend: &'static str,
    },
    /// The lab was not built.
    #[error("{package} does not build: cargo build {words} tells why")]
    Build {
        /// Its package.
        package: &'static str,
        /// Which words tell cargo what is meant.
        words: String,
    },
    /// The lab was not ready in time, or has ended before.
    #[error("{package} does not start: {why} (to try it yourself: {})", to_run(package))]
    Start {
        /// Its package.
        package: &'static str,
        /// What it says, or what we saw.
        why: String,
    },
    /// The lab did not end as it should.
    #[error("{package} did not end as it should: {why}")]
    End {
        /// Its package.
        package: &'static str,
        /// What we saw.
        why: String,
    },
    /// The folder is there already, and is not ours to replace.
    #[error("{} is there already and is no recording: give another folder with --out", .0.display())]
    Taken(PathBuf),
    /// A file could not be written.
    #[error("{}: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Records. What goes on is told on `progress`: the commands that are run, as one would type them.
///
/// # Errors
/// [`RecordError`]; then there is no folder, and nothing is left running.
pub fn record(order: &Order, progress: &mut impl Write) -> Result<Recording, RecordError> {
    let strace = meta::version("strace").ok_or(RecordError::Missing {
        tool: "strace",
        mend: "apt-get install -y strace, or scripts/doctor.sh --fix",
    })?;
    let folder = Folder::begin(&order.out)?;
    let program = Program::of(order, progress)?;
    let mut meta = Meta::new(order, strace);
    let server = Server::start(&program, &folder.path().join("strace.log"), progress)?;
    meta.commands.push(server.command.clone());
    meta.address = server.addr.to_string();
    meta.pid = server.pid.as_raw_pid();
    let packets = Packets::start(server.addr.port(), folder.path(), progress);
    let events = scenario::run(&order.scenario, server.addr, order.lab.protocol);
    quiet::wait_until_all_are_closed(server.addr.port());
    let said = server.stop()?;
    meta.said_at_the_end = said.last;
    meta.packets(packets);
    if meta.packets.starts_with("none: ") {
        // Half a capture may be there. Most often there is none, and nothing to remove.
        _ = fs::remove_file(folder.path().join("packets.pcap"));
    }
    write_lines(&folder.path().join("server.log"), &said.log)?;
    write_lines(&folder.path().join("clients.jsonl"), &as_json(&events)?)?;
    meta.write(&folder.path().join("meta.json"))?;
    Ok(Recording { folder: folder.finish()?, events, meta })
}

/// Starts the server of this order under strace, which writes `log`, and plays no scenario.
pub(crate) fn start_traced(
    order: &Order,
    trace: Trace,
    log: &Path,
    progress: &mut impl Write,
) -> Result<Server, RecordError> {
    let program = Program::of(order, progress)?.traced(trace);
    Server::start(&program, log, progress)
}

/// What to type to start it.
fn to_run(package: &str) -> String {
    match labs::find(package) {
        Ok(lab) => format!("cargo run {}", lab.cargo_words().join(" ")),
        Err(_) => package.to_owned(),
    }
}

fn as_json(events: &[ClientEvent]) -> Result<Vec<String>, RecordError> {
    let lines: Result<Vec<String>, _> = events.iter().map(serde_json::to_string).collect();
    lines.map_err(|error| file_error(Path::new("clients.jsonl"), error.into()))
}

fn write_lines(path: &Path, lines: &[String]) -> Result<(), RecordError> {
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    fs::write(path, text).map_err(|error| file_error(path, error))
}

fn file_error(path: &Path, error: io::Error) -> RecordError {
    RecordError::File { path: path.to_owned(), error }
}
