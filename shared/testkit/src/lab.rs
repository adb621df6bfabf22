//! A lab as a process.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::{Peer, wait_until};

/// A running lab. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Lab {
    child: Child,
    stdout: BufReader<ChildStdout>,
    folder: TempDir,
    /// The line that the lab printed when it was ready.
    pub ready_line: String,
    /// The address that the lab listens on.
    pub addr: SocketAddr,
}

/// The results of a lab that has ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status.
    pub status: ExitStatus,
    /// The output after the ready line.
    pub stdout: String,
    /// The output on standard error.
    pub stderr: String,
    /// The log file.
    pub log: String,
}

impl Lab {
    /// Starts the binary on a free port, with more options, and waits until the lab listens.
    #[must_use]
    pub fn start_with(binary: &str, options: &[&str]) -> Self {
        Self::start_below(&[], binary, options)
    }

    /// Like [`Lab::start_with`], but `program` (such as `prlimit`) starts the binary.
    #[must_use]
    pub fn start_below(program: &[&str], binary: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("no folder for the log");
        let stderr = fs::File::create(folder.path().join("stderr")).expect("no file for stderr");
        let command_line = [program, &[binary]].concat();
        let mut command = Command::new(command_line[0]);
        command.args(&command_line[1..]);
        Self::spawn(command, options, folder, stderr.into())
    }

    /// Starts the binary on a free port. Its stderr is a pipe that is closed at once, like a terminal that
    /// the user has closed.
    #[must_use]
    pub fn start_without_terminal(binary: &str) -> Self {
        let folder = tempfile::tempdir().expect("no folder for the log");
        let mut lab = Self::spawn(Command::new(binary), &[], folder, Stdio::piped());
        drop(lab.child.stderr.take());
        lab
    }

    /// Starts the binary on a free port. Its stderr is a pipe that nobody reads, like a terminal after
    /// Ctrl-S.
    #[must_use]
    pub fn start_with_unread_stderr(binary: &str) -> (Self, ChildStderr) {
        let folder = tempfile::tempdir().expect("no folder for the log");
        let mut lab = Self::spawn(Command::new(binary), &[], folder, Stdio::piped());
        let stderr = lab.child.stderr.take().expect("stderr is piped");
        (lab, stderr)
    }

    fn spawn(mut command: Command, options: &[&str], folder: TempDir, stderr: Stdio) -> Self {
        let mut child = command
            .arg("serve")
            .args(if options.contains(&"--port") { &[][..] } else { &["--port", "0"] })
            .args(options)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .expect("the lab does not start");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut ready_line = String::new();
        stdout.read_line(&mut ready_line).expect("the lab prints invalid text");
        let addr = ready_line.split_whitespace().nth(3).and_then(|addr| addr.parse().ok());
        let Some(addr) = addr else {
            _ = child.wait();
            let stderr = fs::read_to_string(folder.path().join("stderr"));
            panic!("the lab did not get ready: {ready_line:?} {stderr:?}");
        };
        Self { child, stdout, folder, ready_line, addr }
    }

    /// Starts the binary on a free port.
    #[must_use]
    pub fn start(binary: &str) -> Self {
        Self::start_with(binary, &[])
    }

    /// The process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// An amount of memory from `/proc/PID/status`, such as `VmRSS`, in bytes.
    #[must_use]
    pub fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("the process is ours");
        let kilobytes = status.lines().find_map(|line| {
            line.strip_prefix(name)?.split_whitespace().nth(1)?.parse::<u64>().ok()
        });
        1024 * kilobytes.unwrap_or_else(|| panic!("no {name} in {status}"))
    }

    /// Connects a client.
    #[must_use]
    pub fn connect(&self) -> Peer {
        Peer::connect(self.addr)
    }

    /// The log file so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("logs/server.log")).unwrap_or_default()
    }

    /// Waits until the log file contains this text.
    pub fn wait_for_log(&self, text: &str) {
        wait_until(&format!("{text:?} in the log"), || self.log().contains(text));
    }

    /// Whether the process is still running.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the process is ours").is_none()
    }

    /// Stops the process, as Ctrl-Z does, until [`Lab::resume`].
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
        let stat = || fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        wait_until("the process stops", || stat().contains(") T "));
    }

    /// Continues the process.
    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Sends a signal and waits until the process has ended.
    #[must_use]
    pub fn end_with(mut self, signal: Signal) -> Ended {
        self.signal(signal);
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("the lab prints text");
        let status = self.child.wait().expect("the process is ours");
        let stderr = fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
        Ended { status, stdout, stderr, log: self.log() }
    }

    /// Like [`Lab::end_with`], but nobody reads the output meanwhile.
    pub fn end_unread(&mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        wait_until("the process ends", || !self.is_running());
        self.child.wait().expect("the process is ours")
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).expect("a process id is positive");
        signal::kill(Pid::from_raw(pid), signal).expect("the process is ours");
    }

    /// Ends the process as `kill` does, and waits.
    #[must_use]
    pub fn stop(self) -> Ended {
        self.end_with(Signal::SIGTERM)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Runs a program to its end, with an empty stdin and an empty home folder.
#[must_use]
pub fn run<S: AsRef<OsStr>>(binary: &str, args: &[S]) -> Output {
    let home = tempfile::tempdir().expect("no folder for a home");
    Command::new(binary)
        .args(args)
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{binary} does not run: {error}"))
}
