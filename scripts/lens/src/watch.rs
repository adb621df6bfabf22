//! A live view of a server, without a tracer and without root: in which call it sleeps, who waits for it, and
//! for how long. All of it is what the kernel tells everybody: `/proc`, and `ss`.
//!
//! `target` finds the process; `harness::snapshot` sees what there is now;
//! `history` knows since when, by way of `ss`, and `owners` whose clients they are; `status` and `explain` put it
//! into sentences, `screen` shows it, and `terminal` draws it again and again and reads the keys.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

mod explain;
mod history;
mod owners;
mod screen;
mod ss;
mod status;
mod target;
mod terminal;

pub use target::Target;
pub use terminal::End;

use crate::text::COLUMNS;
use harness::labs::{Lab, UnknownLab};
use harness::snapshot::Snapshot;
use history::History;

/// Between the first two snapshots.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(200);

/// What to watch, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// A lab, or the number of a process.
    pub target: String,
    /// The port, where there are several servers of that kind.
    pub port: Option<u16>,
    /// Print one picture as text, and end.
    pub once: bool,
}

/// Why there is nothing to watch.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// There is no lab of that name.
    #[error("{0}, or the number of a process")]
    UnknownLab(#[from] UnknownLab),
    /// The lab does not run.
    #[error(
        "no {} is running{}. Start it: cargo run {}{}",
        lab.package,
        on(*port),
        lab.cargo_words().join(" "),
        option(*port)
    )]
    NotRunning {
        /// Which.
        lab: Lab,
        /// Where it was expected.
        port: Option<u16>,
    },
    /// It runs more than once.
    #[error(
        "several {lab} are running: {}. Say which: scripts/lens.sh watch {}",
        list(found),
        first(found)
    )]
    Several {
        /// The package.
        lab: &'static str,
        /// All of them.
        found: Vec<Target>,
    },
    /// There is no such process.
    #[error("there is no process {0}: it has ended. See who listens: scripts/port.sh 6379")]
    NoProcess(String),
    /// The process is no server.
    #[error(
        "process {pid} ({name}) is not a server: it does not listen{}. Try: scripts/lens.sh watch lab1",
        on(*port)
    )]
    NoServer {
        /// The process.
        pid: i32,
        /// What it is called.
        name: String,
        /// Where it was expected.
        port: Option<u16>,
    },
    /// We may not see what the process has open.
    #[error(
        "process {0} belongs to another user. Say its port: scripts/lens.sh watch {0} --port 6379, or use sudo"
    )]
    OfAnotherUser(i32),
    /// There is no terminal to draw in.
    #[error(
        "this is no terminal to draw in. For one picture as text: scripts/lens.sh watch {0} --once"
    )]
    NoTerminal(String),
    /// The terminal has failed.
    #[error("cannot draw: {0}")]
    Terminal(#[from] io::Error),
}

fn on(port: Option<u16>) -> String {
    port.map(|port| format!(" on port {port}")).unwrap_or_default()
}

fn option(port: Option<u16>) -> String {
    port.map(|port| format!(" -- --port {port}")).unwrap_or_default()
}

fn list(found: &[Target]) -> String {
    let servers = found.iter().map(|it| format!("pid {} on port {}", it.process.pid(), it.port));
    servers.collect::<Vec<_>>().join(", ")
}

fn first(found: &[Target]) -> String {
    found.first().map(|target| target.process.pid().to_string()).unwrap_or_default()
}

/// Watches a server until the user has seen enough, or it ends.
///
/// # Errors
/// If there is no such server, or no terminal.
pub fn run(options: &Options) -> Result<(), WatchError> {
    let target = target::find(options)?;
    let gone = WatchError::NoProcess(target.process.pid().to_string());
    let mut view = View::new(target).ok_or(gone)?;
    if options.once {
        return Ok(io::stdout().write_all(screen::text(&view, COLUMNS).as_bytes())?);
    }
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Err(WatchError::NoTerminal(options.target.clone()));
    }
    let in_colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if terminal::show(&mut view, in_colour)? == End::ServerEnded {
        let Target { name, process, .. } = &view.target;
        writeln!(io::stdout(), "The server has ended: {name} (pid {}).", process.pid())?;
    }
    Ok(())
}

/// All that the screen shows of a server.
#[derive(Debug)]
struct View {
    target: Target,
    snapshot: Snapshot,
    history: History,
}

impl View {
    /// Takes two snapshots, so that there is something to say about how fast things change; `None` if the server
    /// has ended.
    fn new(target: Target) -> Option<Self> {
        let snapshot = Snapshot::take(&target.process, target.port)?;
        let mut history = History::default();
        history.update(&snapshot, target.port);
        let mut view = Self { target, snapshot, history };
        std::thread::sleep(BETWEEN_SNAPSHOTS);
        view.update().then_some(view)
    }

    /// Takes another snapshot. Returns whether the server is still there.
    fn update(&mut self) -> bool {
        let Some(snapshot) = Snapshot::take(&self.target.process, self.target.port) else {
            return false;
        };
        self.history.update(&snapshot, self.target.port);
        self.snapshot = snapshot;
        true
    }
}
