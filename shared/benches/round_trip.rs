//! The round trip of one GET to each lab. Each lab is a process.
//!
//! One client waits for one reply at a time, so an event loop has no advantage here. The figures show what a
//! protocol and an event loop cost. This cost is small. The scheduler matters more: it puts client and server
//! on one core or on two (12 µs or 50 µs to wake the other process). On Linux,
//! `taskset -c 0 cargo bench -p shared --bench round_trip` makes the figures stable.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use criterion::Criterion;

/// The bytes of `SET name Alice`, of its reply, of `GET name`, and of its reply.
type Messages = [&'static [u8]; 4];

const LINES: Messages = [b"SET name Alice\n", b"OK\n", b"GET name\n", b"Alice\n"];
const RESP: Messages = [
    b"*3\r\n$3\r\nSET\r\n$4\r\nname\r\n$5\r\nAlice\r\n",
    b"+OK\r\n",
    b"*2\r\n$3\r\nGET\r\n$4\r\nname\r\n",
    b"$5\r\nAlice\r\n",
];
const LABS: [(&str, Messages); 4] = [
    ("lab1-blocking", LINES),
    ("lab2-resp", RESP),
    ("lab3-multiclient", RESP),
    ("lab4-fair", RESP),
];

fn main() -> Result<(), Box<dyn Error>> {
    let binaries = build()?;
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .nresamples(20_000)
        .configure_from_args();
    let mut group = criterion.benchmark_group("round trip of a GET");
    for (name, [set, ok, get, alice]) in LABS {
        let lab = Lab::start(name, &binaries)?;
        let mut stream = lab.connect()?;
        ask(&mut stream, set, ok)?;
        let mut outcome = Ok(());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                if outcome.is_ok() {
                    outcome = ask(&mut stream, get, alice);
                }
            });
        });
        outcome?;
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// Sends a request and reads its whole reply.
fn ask(stream: &mut TcpStream, request: &[u8], expected: &[u8]) -> io::Result<()> {
    stream.write_all(request)?;
    let mut reply = [0; 64];
    let reply = &mut reply[..expected.len()];
    stream.read_exact(reply)?;
    let is_right = reply == expected;
    is_right.then_some(()).ok_or_else(|| io::Error::other(format!("{}", reply.escape_ascii())))
}

/// Builds the labs with optimisation, and returns the paths of their binaries.
fn build() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--message-format=json-render-diagnostics"]);
    // A test only looks whether this works.
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    for (name, _) in LABS {
        cargo.args(["-p", name]);
    }
    let built = cargo.stderr(Stdio::inherit()).output()?;
    if !built.status.success() {
        return Err("the labs cannot be built".into());
    }
    let messages = built.stdout.lines().map_while(Result::ok);
    let paths = messages.filter_map(|message| {
        let message: serde_json::Value = serde_json::from_str(&message).ok()?;
        message["executable"].as_str().map(PathBuf::from)
    });
    Ok(paths.collect())
}

/// A lab that serves on a free port until it is dropped.
struct Lab {
    process: Child,
    addr: String,
    log: PathBuf,
}

impl Lab {
    fn start(name: &str, binaries: &[PathBuf]) -> Result<Self, Box<dyn Error>> {
        let is_lab = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
        let binary: &Path = binaries.iter().find(is_lab).ok_or("cargo names no such binary")?;
        let log = std::env::temp_dir().join(format!("{name}-{}.log", std::process::id()));
        let mut process = Command::new(binary)
            .args(["--port", "0", "--quiet", "--log-file"])
            .arg(&log)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut ready = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout).read_line(&mut ready)?;
        }
        // lab1-blocking listening on 127.0.0.1:6379 (pid 4242)
        let addr = ready.split(' ').nth(3).unwrap_or_default().to_owned();
        Ok(Self { process, addr, log })
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.addr)?;
        stream.set_nodelay(true)?;
        // Without this timeout, a lab that hangs would also hang the benchmark.
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(stream)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
        _ = std::fs::remove_file(&self.log);
    }
}
