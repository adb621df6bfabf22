//! `check soak` on servers that are right, and on one that is broken in one way each.
#![expect(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testkit::Lab;

/// Long enough for all of it to happen once.
const A_WHILE: &str = "0.05";
/// Longer than any soak here takes until it is ended, or finds what is wrong. One that does not find it fails.
const UNTIL_FOUND: &str = "2";

/// What a run printed, and its exit code.
struct Run {
    out: String,
    err: String,
    code: i32,
}

impl Run {
    #[track_caller]
    fn says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.err, self.out);
        for words in words {
            assert!(self.out.contains(words), "`{words}` is not in:\n{}{}", self.err, self.out);
        }
    }
}

fn soak(server: &[&str], minutes: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_check"));
    command.args(["soak", "--clients", "200", "--minutes", minutes]).args(server);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap() }
}

/// Lab 4. The tests of the whole workspace build it. This test alone does not, so it is built here.
fn lab4() -> &'static str {
    static LAB: OnceLock<PathBuf> = OnceLock::new();
    let lab = LAB.get_or_init(|| {
        let lab = Path::new(env!("CARGO_BIN_EXE_check")).with_file_name("lab4-fair");
        if !lab.exists() {
            let build = ["build", "--quiet", "--package", "lab4-fair"];
            assert!(Command::new(env!("CARGO")).args(build).status().unwrap().success());
        }
        lab
    });
    lab.to_str().unwrap()
}

/// A soak that runs until it is ended or this is dropped.
struct Running {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
}

impl Running {
    /// Starts it, and waits until the clients come.
    fn start(server: &[&str]) -> Self {
        Self::spawn(&mut soak(server, UNTIL_FOUND))
    }

    /// Runs this command, and waits until the clients come.
    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        let mut running = Self { child, err };
        while !running.line().contains("Ctrl-C ends it") {}
        running
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.err.read_line(&mut line).unwrap() > 0, "the soak has ended");
        line
    }

    /// The process of the server that it has started.
    fn server(&self) -> Pid {
        let pid = self.child.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        Pid::from_raw(children.trim().parse().unwrap())
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    fn end(mut self) -> Run {
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.err.read_to_string(&mut err).unwrap();
        Run { out, err, code: self.child.wait().unwrap().code().unwrap() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn a_soak_of_lab_4_finds_nothing_wrong_and_prints_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("soak.json");
    let run = run(soak(&[lab4()], A_WHILE).arg("--json").arg(&json));
    run.says(0, &["\nok: every answer was right", "\nok: no descriptor leaks\n", "PING meanwhile"]);
    let figures: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(figures["passed"], true, "{figures}");
    let failures = ["wrong_answers", "connections_lost"];
    for (name, count) in figures["counts"].as_object().unwrap() {
        let may_take_longer = name == "slow_reads" || name == "keys_seen_to_expire";
        let is_right = if failures.contains(&name.as_str()) {
            count == 0
        } else {
            may_take_longer || count.as_u64() > Some(0)
        };
        assert!(is_right, "{name}: {figures}");
    }
}

#[test]
#[ignore = "needs redis-server"]
fn a_soak_of_redis_server_finds_nothing_wrong() {
    run(&mut soak(&["redis-server"], A_WHILE)).says(0, &["\nok: every answer was right"]);
}

#[test]
fn a_soak_leaves_a_server_alone_that_was_there_before() {
    let mut lab = Lab::start_with(lab4(), &["--quiet"]);
    let addr = lab.addr.to_string();
    run(&mut soak(&["--against", &addr], A_WHILE))
        .says(0, &["lab4-fair", "\nok: no descriptor leaks"]);
    assert!(lab.is_running());
    lab.connect().ask("PING\r\n", "+PONG\r\n");
}

#[test]
fn a_soak_that_is_ended_by_ctrl_c_prints_its_table_and_ends_the_server() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let soak = Running::start(&[lab4()]);
        let server = soak.server();
        soak.signal(signal);
        let run = soak.end();
        assert!(run.out.contains("connections made"), "{}{}", run.err, run.out);
        assert!(kill(server, None).is_err(), "the server {server} still runs");
    }
}

#[test]
fn a_soak_below_nohup_goes_on_when_its_terminal_closes() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("soak.json");
    // `env` ignores the signal as `nohup` does, and becomes the soak.
    let mut command = Command::new("env");
    command.args(["--ignore-signal=HUP", env!("CARGO_BIN_EXE_check"), "soak", "--clients", "200"]);
    command.args(["--minutes", A_WHILE, lab4(), "--json"]).arg(&json);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let soak = Running::spawn(&mut command);
    soak.signal(Signal::SIGHUP);
    soak.end().says(0, &["\nok: every answer was right"]);
    let figures: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert!(figures["elapsed_s"].as_f64() >= Some(3.0), "it ended early: {figures}");
}

#[test]
fn a_server_killed_from_outside_is_reported_with_the_signal() {
    let soak = Running::start(&[lab4()]);
    kill(soak.server(), Signal::SIGKILL).unwrap();
    soak.end().says(1, &["the server has died after ", "signal: 9 (SIGKILL)"]);
}

#[test]
fn a_soak_without_a_server_says_what_to_do() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let unreachable = run(&mut soak(&["--against", &nobody], A_WHILE));
    assert_eq!(unreachable.code, 2);
    assert!(unreachable.err.contains("no server answers at 127.0.0.1:"), "{}", unreachable.err);
    let silent = run(&mut soak(&["true"], A_WHILE));
    assert_eq!(silent.code, 2);
    assert!(silent.err.contains("check: true does not get ready"), "{}", silent.err);
}

/// A small server in Python that is broken on purpose: each defect is found.
mod broken_on_purpose {
    use super::*;

    /// The server. The environment says which defect it has.
    const BROKEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/soak/broken.py");

    /// Soaks the server with this defect, for so many minutes.
    fn broken(way: &str, minutes: &str) -> Run {
        run(soak(&[BROKEN], minutes).env("BROKEN", way))
    }

    /// Soaks the server with this defect, until it is found.
    fn found(way: &str) -> Run {
        run(soak(&["--fail-fast", BROKEN], UNTIL_FOUND).env("BROKEN", way))
    }

    #[test]
    #[ignore = "needs python3"]
    fn it_is_right_as_long_as_it_is_not_told_to_be_wrong() {
        broken("", A_WHILE).says(0, &["ok: "]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn one_wrong_byte_in_one_reply_is_found() {
        found("corrupt").says(1, &["WRONG: 1 wrong answer; the first:\n  GET soak:", "--seed "]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn a_write_that_is_acknowledged_and_forgotten_is_found() {
        let run = found("forgetful");
        run.says(1, &["the first:\n  ", " soak:", "\n  expected: the ", "\n  got:      "]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn a_key_that_outlives_its_deadline_is_found() {
        found("immortal")
            .says(1, &["expected: nothing: it expired ", " ms ago at the latest\n  got:      "]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn a_key_that_dies_before_its_deadline_is_found() {
        found("early").says(1, &[" ms at the earliest)\n  got:      "]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn bytes_that_are_no_request_and_get_another_reply_than_an_error_are_found() {
        found("trusting").says(1, &["\n  expected: an error\n  got:      Status(\"OK\")"]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn bytes_that_must_be_refused_and_get_no_error_are_found() {
        let expected = "\n  expected: an error, and then the end of the connection\n";
        found("silent").says(1, &[expected, "  got:      no error and the end\n"]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn a_connection_closed_on_an_innocent_client_is_found() {
        found("closing").says(1, &["lost; the first:\n  "]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn descriptors_that_leak_are_found() {
        let run = broken("leaky", "0.02");
        run.says(1, &["WRONG: descriptors leak: ", " after the last"]);
    }

    #[test]
    #[ignore = "needs python3"]
    fn a_server_that_dies_is_reported_at_once_with_its_last_words() {
        let run = broken("mortal", UNTIL_FOUND);
        let death = [
            "WRONG: the server has died after ",
            "exit status: 7",
            "  | something terrible has happened",
        ];
        run.says(1, &death);
        assert!(!run.out.contains("lost; "), "{}", run.out);
    }
}

/// `scripts/soak.sh`, with a cargo that has built everything already.
mod the_script {
    use super::*;

    fn script(words: &[&str]) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let built = |package: &str, program: &str| {
            let message =
                format!(r#"{{"target":{{"name":"{package}"}},"executable":"{program}"}}"#);
            format!("  *\" -p {package} \"*) echo '{message}' ;;\n")
        };
        let check = built("check", env!("CARGO_BIN_EXE_check"));
        let lab = built("lab4-fair", lab4());
        let cargo = folder.path().join("cargo");
        fs::write(&cargo, format!("#!/bin/sh\ncase \" $* \" in\n{check}{lab}esac\n")).unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../soak.sh");
        run(Command::new(script).args(words).env("PATH", path).stdin(Stdio::null()))
    }

    #[test]
    fn builds_and_soaks_lab_4_and_shows_the_command() {
        let run = script(&["--minutes", A_WHILE, "--clients", "100", "--seed", "7"]);
        run.says(0, &["lab4-fair on 127.0.0.1:", "seed 7\n", "\nok: every answer was right"]);
        for command in ["+ cargo build -q --release -p lab4-fair\n", " soak --minutes 0.05 "] {
            assert!(run.err.contains(command), "{}", run.err);
        }
    }

    #[test]
    fn refuses_what_it_cannot_do_and_says_what_it_can() {
        let refusals: [(&[&str], &str); 5] = [
            (&["lab1"], "lab1-blocking serves one client at a time"),
            (&["lab9"], "there is no lab 'lab9'."),
            (&["--hours", "3"], "scripts/soak.sh has no option '--hours'."),
            (&["--seed"], "--seed wants a word behind it."),
            (&["lab4", "--against", "127.0.0.1:1"], "--against takes a server that runs already"),
        ];
        for (words, said) in refusals {
            let run = script(words);
            assert_eq!(run.code, 2, "{words:?}: {}{}", run.err, run.out);
            assert!(run.err.contains(said), "{words:?}: {}", run.err);
        }
    }
}
