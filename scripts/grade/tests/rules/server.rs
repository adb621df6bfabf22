//! A real server under strace, and a conversation with it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use grade::rules::{CALLS, Judged, OPTIONS, Rule, Trace};
use harness::group::Group;
use harness::scenario::{self, Scenario};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use testkit::LIMIT;
use trace::client_log::ClientEvent;
use trace::protocol::Protocol;

/// A conversation that the rules can judge.
pub(crate) struct Recorded {
    log: Vec<u8>,
    clients: Vec<ClientEvent>,
    main_thread: i32,
    pulse: Duration,
}

impl Recorded {
    pub(crate) fn judge(&self, rule: Rule) -> Judged {
        rule.judge(&Trace {
            log: &self.log,
            clients: &self.clients,
            main_thread: self.main_thread,
            pulse: self.pulse,
        })
    }

    /// Whether the machine was so busy that a rule may say nothing.
    pub(crate) fn was_busy(&self) -> bool {
        self.pulse > Duration::from_millis(20)
    }

    /// What the judge had before it, for a test that fails.
    pub(crate) fn show(&self) -> String {
        let log = String::from_utf8_lossy(&self.log);
        let log: Vec<&str> = log.lines().skip_while(|line| !line.contains(" listen(")).collect();
        let most = log.len().min(200);
        format!("pulse {:?}\n{:#?}\n{}", self.pulse, self.clients, log[..most].join("\n"))
    }
}

/// A lab of the kit, as the tests of the whole workspace build it.
pub(crate) fn lab(package: &str) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_grade")).with_file_name(package);
    [program.to_str().unwrap(), "--port", "0"].map(str::to_owned).to_vec()
}

/// The same lab in Python, right or with a mistake.
pub(crate) fn python(lab: &str, fault: Option<&str>) -> Vec<String> {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/server.py");
    let words = ["python3", server.to_str().unwrap(), lab, "0"].into_iter();
    let fault = fault.into_iter().flat_map(|fault| ["--fault", fault]);
    words.chain(fault).map(str::to_owned).collect()
}

/// Lets the clients of a scenario talk to a server that is traced.
pub(crate) fn record(words: &[String], scenario: &Scenario, protocol: Protocol) -> Recorded {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("strace.log");
    // A lab puts its log where it is started.
    let mut command = strace(&log, words);
    let mut server = Group::start_piped(command.current_dir(folder.path())).unwrap();
    let (said, addr) = server.stdout.until(LIMIT, listening);
    let addr = addr.unwrap_or_else(|| panic!("{words:?} said {said:?}"));
    let main_thread = listener(&log);
    let (clients, pulse) = with_pulse(|| scenario::run(scenario, addr, protocol));
    let process = Pid::from_raw(main_thread).unwrap();
    kill_process(process, Signal::TERM).unwrap();
    // Python, with several threads, may sleep on: the signal can come to a thread that does not handle it.
    if server.wait(Duration::from_secs(2)).unwrap().is_none() {
        kill_process(process, Signal::KILL).unwrap();
        assert!(server.wait(LIMIT).unwrap().is_some(), "{words:?} does not end");
    }
    Recorded { log: fs::read(log).unwrap(), clients, main_thread, pulse }
}

fn strace(log: &PathBuf, words: &[String]) -> Command {
    let mut command = Command::new("strace");
    command.args(OPTIONS).args(["-e", CALLS, "-o"]).arg(log).args(words);
    command
}

/// `lab1-blocking listening on 127.0.0.1:6379 (pid 4242)`
fn listening(line: &str) -> Option<SocketAddr> {
    line.split(' ').find_map(|word| word.parse().ok())
}

/// The process that listens: of a program that starts others, the last one.
fn listener(log: &Path) -> i32 {
    let log = fs::read(log).unwrap();
    let log = String::from_utf8_lossy(&log);
    let line = log.lines().rfind(|line| line.contains(" listen(")).unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}

/// Measures how late a thread of ours wakes meanwhile.
fn with_pulse<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    const BEAT: Duration = Duration::from_millis(5);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let pulse = scope.spawn(|| {
            let mut latest = Duration::ZERO;
            while !is_over.load(Ordering::Relaxed) {
                let asleep = Instant::now();
                thread::sleep(BEAT);
                latest = latest.max(asleep.elapsed().saturating_sub(BEAT));
            }
            latest
        });
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        (done, pulse.join().unwrap())
    })
}
