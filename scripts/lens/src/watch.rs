//! A live x-ray of a server, without a tracer and without root: in which call it sleeps, who waits for
//! it, and for how long. All of it is what the kernel tells everybody: `/proc`, and `ss`.
//!
//! `find` says which process; `look` sees what there is now, by way of `process`, `calls` and `tcp`;
//! `memory` knows since when, by way of `ss`; `words` and `explain` say it, `screen` shows it, and
//! `terminal` listens to the keys.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

mod calls;
mod explain;
mod find;
mod look;
mod memory;
pub(crate) mod process;
mod programs;
mod screen;
mod ss;
mod tcp;
mod terminal;
mod words;

pub use find::Target;
pub use terminal::End;

use crate::labs::{Lab, UnknownLab};
use find::find;
use look::{Look, look};
use memory::Memory;
use screen::Page;

/// One picture is made of two looks, so that it can say how fast things change.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

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
    #[error("no {} is running{}. Start it: cargo run {}{}", lab.package, on(*port), lab.cargo_words().join(" "), option(*port))]
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
        "process {pid} ({name}) listens on no such port: it is not a server. Try: scripts/lens.sh watch lab1"
    )]
    NoServer {
        /// The process.
        pid: u32,
        /// What it is called.
        name: String,
    },
    /// We may not see what the process has open.
    #[error(
        "process {0} belongs to another user. Say its port: scripts/lens.sh watch {0} --port 6379, or use sudo"
    )]
    OfAnotherUser(u32),
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
    let servers = found.iter().map(|it| format!("pid {} on port {}", it.pid, it.port));
    servers.collect::<Vec<_>>().join(", ")
}

fn first(found: &[Target]) -> String {
    found.first().map(|target| target.pid.to_string()).unwrap_or_default()
}

/// Watches a server until the user has seen enough, or it ends.
///
/// # Errors
/// If there is no such server, or no terminal.
pub fn run(options: &Options) -> Result<(), WatchError> {
    let target = find(options)?;
    let gone = || WatchError::NoProcess(target.pid.to_string());
    let mut watcher = Watcher::new(target.clone()).ok_or_else(gone)?;
    if options.once {
        std::thread::sleep(BETWEEN_LOOKS);
        if !watcher.look() {
            return Err(gone());
        }
        let text = screen::text(&watcher.page(), 80);
        return Ok(io::stdout().write_all(text.as_bytes())?);
    }
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Err(WatchError::NoTerminal(options.target.clone()));
    }
    let in_colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if terminal::show(&mut watcher, in_colour)? == End::ServerEnded {
        writeln!(io::stdout(), "The server has ended: {} (pid {}).", target.name, target.pid)?;
    }
    Ok(())
}

/// Looks at one server, again and again.
#[derive(Debug)]
struct Watcher {
    target: Target,
    last: Look,
    memory: Memory,
}

impl Watcher {
    /// Looks for the first time; `None` if the server has ended.
    fn new(target: Target) -> Option<Self> {
        let last = look(&target)?;
        let mut memory = Memory::default();
        memory.learn(&last, target.port);
        Some(Self { target, last, memory })
    }

    /// Looks again. Returns whether the server is still there.
    fn look(&mut self) -> bool {
        let Some(look) = look(&self.target) else { return false };
        self.memory.learn(&look, self.target.port);
        self.last = look;
        true
    }

    fn page(&self) -> Page<'_> {
        Page { target: &self.target, look: &self.last, memory: &self.memory }
    }
}
