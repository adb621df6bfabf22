//! A server to measure: it is started here, or runs already.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::{Clock, MeasureError, Usage, switches_of_children};
use crate::record::group::Group;
use crate::record::program::{free_port, ready_lab};
use crate::record::server::{last_words, lines_of, rest_of};
use crate::watch::process::Switches;

/// How long a server may take to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often another port is tried when somebody was faster.
const TRIES: usize = 5;
/// What redis-server is told: no file of its own is read or written, and it accepts as many as we send.
const REDIS: [&str; 8] =
    ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxclients", "12000"];

/// How to get a server.
#[derive(Debug, Clone)]
pub enum Program {
    /// A program that says, like all labs, where it listens and which process it is.
    Lab {
        /// What to call it.
        name: String,
        /// Where it is.
        binary: PathBuf,
        /// What it is told, besides to take a free port.
        options: Vec<String>,
    },
    /// The redis-server that is installed.
    Redis,
    /// One that runs already, and is left running.
    Running {
        /// What to call it.
        name: String,
        /// Where it listens, on this machine.
        addr: SocketAddr,
    },
}

impl Program {
    /// What it is called in tables.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Lab { name, .. } | Self::Running { name, .. } => name,
            Self::Redis => "redis",
        }
    }
}

/// A server that is ready. Dropped, it is ended, if it was started here.
#[derive(Debug)]
pub struct Server {
    /// What to call it.
    pub name: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its process.
    pub pid: Pid,
    /// How it was started, as one would type it.
    pub command: String,
    clock: Clock,
    group: Option<Group>,
    /// What it says is read on, or it would wait for us some day.
    _output: [Option<Receiver<String>>; 2],
}

impl Server {
    /// Starts it and waits until it is ready, or finds the one that runs.
    ///
    /// # Errors
    /// If it is not installed, does not start, or does not run.
    pub fn start(program: &Program) -> Result<Self, MeasureError> {
        match program {
            Program::Lab { name, binary, options } => {
                let mut command = Command::new(binary);
                command.args(["--port", "0"]).args(options);
                Self::start_lab(name, command)
            }
            Program::Redis => Self::start_redis(),
            Program::Running { name, addr } => Self::find(name, *addr),
        }
    }

    fn start_lab(name: &str, mut command: Command) -> Result<Self, MeasureError> {
        let failed = |why: String| MeasureError::Start { name: name.to_owned(), why };
        let (group, stdout, stderr) = launch(&mut command).map_err(|e| failed(e.to_string()))?;
        let line = stdout.recv_timeout(PATIENCE).ok();
        let Some((addr, pid)) =
            line.and_then(|line| ready_lab(&line)).filter(|it| group.contains(it.1))
        else {
            drop(group);
            return Err(failed(last_words(&rest_of(&stderr))));
        };
        Ok(Self {
            name: name.to_owned(),
            addr,
            pid,
            command: typed(&command),
            clock: Clock::best(),
            group: Some(group),
            _output: [Some(stdout), Some(stderr)],
        })
    }

    /// redis-server takes no port 0: it means "none". So we look for a free one, and for another if
    /// somebody was faster.
    fn start_redis() -> Result<Self, MeasureError> {
        let failed = |why: String| MeasureError::Start { name: "redis-server".to_owned(), why };
        let mut why = String::new();
        for _ in 0..TRIES {
            let port = free_port().map_err(|error| failed(error.to_string()))?;
            let addr = (Ipv4Addr::LOCALHOST, port).into();
            let mut command = Command::new("redis-server");
            command.args(["--port", &port.to_string()]).args(REDIS);
            let (group, stdout, stderr) =
                launch(&mut command).map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => MeasureError::Missing {
                        tool: "redis-server",
                        mend: "apt-get install -y redis-server, or scripts/doctor.sh --fix",
                    },
                    _ => failed(error.to_string()),
                })?;
            let pid = i32::try_from(group.child.id()).ok().and_then(Pid::from_raw);
            match (wait_for_redis(&stdout), pid) {
                (Ok(()), Some(pid)) => {
                    return Ok(Self {
                        name: Program::Redis.name().to_owned(),
                        addr,
                        pid,
                        command: typed(&command),
                        clock: Clock::best(),
                        group: Some(group),
                        _output: [Some(stdout), Some(stderr)],
                    });
                }
                (Err(said), _) => why = said,
                (Ok(()), None) => "it has no number".clone_into(&mut why),
            }
        }
        Err(failed(why))
    }

    fn find(name: &str, addr: SocketAddr) -> Result<Self, MeasureError> {
        let protocol = listeners::Protocol::TCP;
        let found = listeners::get_process_by_port(addr.port(), protocol).ok();
        let pid = found.and_then(|process| Pid::from_raw(i32::try_from(process.pid).ok()?));
        let why = || format!("nothing that we may look at listens on {addr}");
        let (name, command) = (name.to_owned(), String::new());
        let pid = pid.ok_or_else(|| MeasureError::Start { name: name.clone(), why: why() })?;
        let clock = Clock::best();
        Ok(Self { name, addr, pid, command, clock, group: None, _output: [None, None] })
    }

    /// What it has cost up to now.
    ///
    /// # Errors
    /// If it has ended.
    pub fn usage(&self) -> Result<Usage, MeasureError> {
        let name = || self.name.clone();
        Usage::of(self.pid, self.clock).map_err(|error| MeasureError::Usage { name: name(), error })
    }

    /// Ends it, if it was started here, and says how often all its threads have left their CPUs in all its
    /// life. Nothing else that we have started may end meanwhile.
    pub(crate) fn end(self) -> Option<Switches> {
        self.group.as_ref()?;
        let before = switches_of_children().ok()?;
        drop(self);
        let after = switches_of_children().ok()?;
        Some(Switches {
            voluntary: after.voluntary.saturating_sub(before.voluntary),
            involuntary: after.involuntary.saturating_sub(before.involuntary),
        })
    }

    /// A connection of ours to it failed.
    pub(crate) fn lost(&self, error: std::io::Error) -> MeasureError {
        MeasureError::Connection { name: self.name.clone(), error }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(group) = &mut self.group {
            group.signal(Signal::TERM);
            // Who has not ended by then is killed.
            _ = group.wait(PATIENCE);
        }
    }
}

fn launch(command: &mut Command) -> std::io::Result<(Group, Receiver<String>, Receiver<String>)> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::start(command)?;
    let stdout = lines_of(group.child.stdout.take());
    let stderr = lines_of(group.child.stderr.take());
    Ok((group, stdout, stderr))
}

/// Reads its log until it says that it is ready; what it has said last if it does not.
fn wait_for_redis(log: &Receiver<String>) -> Result<(), String> {
    let deadline = Instant::now() + PATIENCE;
    let mut last = "it says nothing".to_owned();
    while let Ok(line) = log.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if line.contains("Ready to accept connections") {
            return Ok(());
        }
        last = line;
    }
    Err(last)
}

/// A command as one would type it, without the folder of its program.
pub(super) fn typed(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    let quoted = words.map(|word| {
        let is_plain = !word.is_empty() && !word.contains([' ', '\'', '"', '*', '$']);
        if is_plain { word } else { format!("'{word}'") }
    });
    std::iter::once(name).chain(quoted).collect::<Vec<_>>().join(" ")
}
