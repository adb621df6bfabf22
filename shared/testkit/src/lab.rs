//! A lab as a process.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::{Peer, wait_until};

/// A running lab. It is killed when this is dropped.
#[derive(Debug)]
pub struct Lab {
    child: Child,
    stdout: BufReader<ChildStdout>,
    folder: TempDir,
    /// The line it printed when it was ready.
    pub ready_line: String,
    /// Where it listens.
    pub addr: SocketAddr,
}

/// What is left of a lab that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed behind its ready line.
    pub stdout: String,
    /// What it wrote on the terminal besides.
    pub stderr: String,
    /// Its log file.
    pub log: String,
}

impl Lab {
    /// Starts the binary on a free port, with more options, and waits until it listens.
    #[must_use]
    pub fn start_with(binary: &str, options: &[&str]) -> Self {
        Self::start_below(&[], binary, options)
    }

    /// The same below a program that runs others, such as `prlimit`.
    #[must_use]
    pub fn start_below(program: &[&str], binary: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("no folder for the log");
        let stderr = fs::File::create(folder.path().join("stderr")).expect("no file for stderr");
        let words = [program, &[binary]].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        Self::spawn(command, options, folder, stderr.into())
    }

    /// Starts the binary on a free port, on a terminal that goes away at once.
    #[must_use]
    pub fn start_without_terminal(binary: &str) -> Self {
        let folder = tempfile::tempdir().expect("no folder for the log");
        let mut lab = Self::spawn(Command::new(binary), &[], folder, Stdio::piped());
        drop(lab.child.stderr.take());
        lab
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
        stdout.read_line(&mut ready_line).expect("the lab prints no text");
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

    /// The number of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A line of its `/proc/PID/status` that is an amount of memory, such as `VmRSS`, in bytes.
    #[must_use]
    pub fn memory(&self, line: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("the process is ours");
        let kilobytes = status.lines().find_map(|found| {
            found.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<u64>().ok()
        });
        1024 * kilobytes.unwrap_or_else(|| panic!("no {line} in {status}"))
    }

    /// Connects to it.
    #[must_use]
    pub fn connect(&self) -> Peer {
        Peer::connect(self.addr)
    }

    /// What is in its log file now.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("logs/server.log")).unwrap_or_default()
    }

    /// Waits until this is in its log file.
    pub fn wait_for_log(&self, text: &str) {
        wait_until(&format!("{text:?} in the log"), || self.log().contains(text));
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the process is ours").is_none()
    }

    /// Sends it a signal and waits until it has ended.
    #[must_use]
    pub fn end_with(mut self, signal: Signal) -> Ended {
        let pid = i32::try_from(self.child.id()).expect("a process id is positive");
        signal::kill(Pid::from_raw(pid), signal).expect("the process is ours");
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("the lab prints text");
        let status = self.child.wait().expect("the process is ours");
        let stderr = fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
        Ended { status, stdout, stderr, log: self.log() }
    }

    /// Ends it as `kill` does, and waits.
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

/// Runs a program to its end, with nothing to read and no history of lines typed before.
#[must_use]
pub fn run<S: AsRef<OsStr>>(binary: &str, words: &[S]) -> Output {
    let home = tempfile::tempdir().expect("no folder for a home");
    Command::new(binary)
        .args(words)
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{binary} does not run: {error}"))
}
