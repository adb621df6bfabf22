//! The server that is soaked. It is started here on a free port, or it runs already.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use codec::printable::one_line;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

use crate::Error;

/// The time for a server to get ready, and to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to look whether it has.
const TICK: Duration = Duration::from_millis(10);
/// The report shows this many of the last lines of a server that has died.
const LAST_LINES: usize = 8;

/// A server.
#[derive(Debug)]
pub struct Server {
    /// The address.
    pub addr: SocketAddr,
    /// The name of the program.
    pub name: String,
    /// The process id, if the server is on this machine and this user may know it.
    pub pid: Option<i32>,
    started: Option<Started>,
}

/// A server that was started here. It ends when this is dropped.
#[derive(Debug)]
struct Started {
    child: Child,
    /// Has its output and its log.
    folder: TempDir,
}

impl Server {
    /// Takes a server that runs already.
    pub fn running(addr: SocketAddr) -> Result<Self, Error> {
        TcpStream::connect_timeout(&addr, PATIENCE).map_err(|error| {
            format!(
                "no server answers at {addr} ({error})\n  To have one started: scripts/soak.sh lab4"
            )
        })?;
        let process = listeners::get_process_by_port(addr.port(), listeners::Protocol::TCP).ok();
        let process = process.filter(|_| addr.ip().is_loopback());
        let pid = process.as_ref().map(|process| process.pid.cast_signed());
        let name = process.map_or_else(|| "server".to_owned(), |process| one_line(&process.name));
        Ok(Self { addr, name, pid, started: None })
    }

    /// Starts a program: Redis if its name is `redis-server`, else a lab.
    pub fn start(program: &Path) -> Result<Self, Error> {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = tempfile::tempdir()?;
        let is_redis = name == "redis-server";
        // A lab takes a free port by itself. Redis must be given one that is free.
        let addr = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(program);
        if is_redis {
            command.args(["--bind", "127.0.0.1", "--port", &addr.port().to_string()]);
            command.args(["--save", "", "--appendonly", "no", "--dir"]).arg(folder.path());
        } else {
            command.args(["--port", "0", "--quiet", "--log-file"]);
            command.arg(folder.path().join("server.log"));
        }
        show(&command);
        let output = File::create(folder.path().join("output"))?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        // Ctrl-C goes to all processes of a group. The server has to live until the soak has its figures.
        command.process_group(0);
        let child = command
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let pid = Some(child.id().cast_signed());
        let mut server = Self { addr, name, pid, started: Some(Started { child, folder }) };
        server.wait_until_ready(is_redis)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, is_redis: bool) -> Result<(), Error> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE && self.death().is_none() {
            let addr = if is_redis {
                TcpStream::connect(self.addr).is_ok().then_some(self.addr)
            } else {
                addr_in_ready_line(&self.output())
            };
            if let Some(addr) = addr {
                self.addr = addr;
                return Ok(());
            }
            thread::sleep(TICK);
        }
        let (name, lines) = (&self.name, self.last_lines().join("\n  "));
        Err(format!("{name} does not get ready. Its last lines:\n  {lines}").into())
    }

    /// How the server has ended; `None` if it still runs.
    pub fn death(&mut self) -> Option<String> {
        if let Some(Started { child, .. }) = &mut self.started {
            return child.try_wait().ok()?.map(ended);
        }
        let is_gone = test_kill_process(Pid::from_raw(self.pid?)?) == Err(Errno::SRCH);
        is_gone.then(|| "it is gone".to_owned())
    }

    /// The last lines of its output, if it was started here.
    pub fn last_lines(&self) -> Vec<String> {
        let output = self.output();
        let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
        let first = lines.len().saturating_sub(LAST_LINES);
        lines[first..].iter().map(|line| one_line(line)).collect()
    }

    fn output(&self) -> String {
        let read = |started: &Started| fs::read(started.folder.path().join("output")).ok();
        let bytes = self.started.as_ref().and_then(read).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Ends the server, if it was started here. Returns what went wrong.
    pub fn stop(mut self) -> Option<String> {
        let Started { child, .. } = self.started.as_mut()?;
        _ = kill_process(Pid::from_child(child), Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if let Ok(Some(status)) = child.try_wait() {
                return (!status.success()).then(|| format!("at its end, {}", ended(status)));
            }
            thread::sleep(TICK);
        }
        Some(format!("the server did not end within {PATIENCE:?} after SIGTERM"))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The address in the ready line of a lab: `lab4-fair listening on 127.0.0.1:6379 (pid 4242)`.
fn addr_in_ready_line(output: &str) -> Option<SocketAddr> {
    let line = output.lines().find(|line| line.contains(" listening on "))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

fn ended(status: ExitStatus) -> String {
    format!("it ended with {status}")
}

/// Prints the command as it can be typed.
fn show(command: &Command) {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let line = shlex::try_join(words.iter().map(AsRef::as_ref)).unwrap_or_default();
    eprintln!("+ {line}");
}
