//! The server that is soaked: started here on a free port, or running already.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use crate::error::Error;

/// How long a server may take to begin, and to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often we look whether it has.
const TICK: Duration = Duration::from_millis(10);
/// So many of its last lines are shown when it has died.
const LAST_LINES: usize = 8;

/// A server.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    /// What it is called.
    pub name: String,
    /// Its process, if it is on this machine and we may know.
    pub pid: Option<Pid>,
    ours: Option<Ours>,
}

#[derive(Debug)]
struct Ours {
    child: Child,
    /// All that it says, and its log, is in there until we end.
    folder: TempDir,
}

impl Server {
    /// One that runs already.
    pub fn running(addr: SocketAddr) -> Result<Self, Error> {
        TcpStream::connect_timeout(&addr, PATIENCE)
            .map_err(|source| Error::NoServer { addr, source })?;
        let process = listeners::get_process_by_port(addr.port(), listeners::Protocol::TCP).ok();
        let process = process.filter(|_| addr.ip().is_loopback());
        let pid = process.as_ref().and_then(|it| Pid::from_raw(it.pid.cast_signed()));
        let name = process.map_or_else(|| "server".to_owned(), |it| it.name);
        Ok(Self { addr, name, pid, ours: None })
    }

    /// Starts a program: Redis if it is called `redis-server`, or else a lab.
    pub fn start(program: &Path) -> Result<Self, Error> {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = tempfile::tempdir()?;
        let is_redis = name == "redis-server";
        // A lab takes a free port by itself. Redis has to be told which: one that was free just now.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(program);
        if is_redis {
            command.args(["--bind", "127.0.0.1", "--port", &free.port().to_string()]);
            command.args(["--save", "", "--appendonly", "no", "--dir"]).arg(folder.path());
        } else {
            command.args(["--port", "0", "--quiet", "--log-file"]);
            command.arg(folder.path().join("server.log"));
        }
        show(&command);
        let said = File::create(said(&folder))?;
        // In a group of its own: Ctrl-C is for us, and we end it when everything is counted.
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said).process_group(0);
        let cannot = |source| Error::CannotStart { program: program.to_path_buf(), source };
        let child = command.spawn().map_err(cannot)?;
        let pid = Pid::from_raw(child.id().cast_signed());
        let mut server = Self { addr: free, name, pid, ours: Some(Ours { child, folder }) };
        server.wait_until_ready(is_redis)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, is_redis: bool) -> Result<(), Error> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE && self.death().is_none() {
            let said = self.ours.as_ref().and_then(|it| fs::read_to_string(said(&it.folder)).ok());
            let addr = if is_redis {
                TcpStream::connect(self.addr).is_ok().then_some(self.addr)
            } else {
                said.and_then(|said| listening(&said))
            };
            if let Some(addr) = addr {
                self.addr = addr;
                return Ok(());
            }
            thread::sleep(TICK);
        }
        Err(Error::NotReady { program: self.name.clone(), said: self.last_lines().join("\n  ") })
    }

    /// How it has ended, if it has.
    pub fn death(&mut self) -> Option<String> {
        match (&mut self.ours, self.pid) {
            (Some(Ours { child, .. }), _) => child.try_wait().ok().flatten().map(ended),
            (None, Some(pid)) => test_kill_process(pid)
                .is_err_and(|error| error == rustix::io::Errno::SRCH)
                .then(|| "it is gone".to_owned()),
            (None, None) => None,
        }
    }

    /// The last lines that it wrote, if it is ours.
    pub fn last_lines(&self) -> Vec<String> {
        let said = self.ours.as_ref().and_then(|it| fs::read(said(&it.folder)).ok());
        let said = said.unwrap_or_default();
        let text = String::from_utf8_lossy(&said);
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let first = lines.len().saturating_sub(LAST_LINES);
        lines.iter().skip(first).map(|&line| line.to_owned()).collect()
    }

    /// Ends it, if it is ours. Returns what was wrong about its end.
    pub fn stop(mut self) -> Option<String> {
        let Ours { child, .. } = self.ours.as_mut()?;
        _ = self.pid.map(|pid| kill_process(pid, Signal::TERM));
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if let Ok(Some(status)) = child.try_wait() {
                return (!status.success()).then(|| format!("at its end, {}", ended(status)));
            }
            thread::sleep(TICK);
        }
        Some(format!("it did not end within {PATIENCE:?} of being told to (SIGTERM)"))
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn said(folder: &TempDir) -> PathBuf {
    folder.path().join("said")
}

/// Where a lab listens, from its ready line: `lab4-fair listening on 127.0.0.1:6379 (pid 4242)`.
fn listening(said: &str) -> Option<SocketAddr> {
    let line = said.lines().find(|line| line.contains(" listening on "))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

fn ended(status: ExitStatus) -> String {
    format!("it ended with {status}")
}

fn show(command: &Command) {
    let words = command.get_args().map(|word| match word.to_string_lossy() {
        word if word.is_empty() => "''".to_owned(),
        word => word.into_owned(),
    });
    let words: Vec<_> = words.collect();
    eprintln!("+ {} {}", command.get_program().to_string_lossy(), words.join(" "));
}

/// Raises the limit of open files as far as it goes, for us and for the server that we start. Returns how
/// many that is.
pub fn raise_file_limit() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    let now =
        if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
    now.unwrap_or(u64::MAX)
}

/// What the system says about an address, as an error of ours.
pub fn address(text: &str) -> Result<SocketAddr, Error> {
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "6379"));
    let bad = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("'{text}' is no address: {error}"))
    };
    let port = port.parse().map_err(|error| bad(&error))?;
    Ok(kit::port::resolve(host, port)?)
}
