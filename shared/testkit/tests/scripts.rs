//! The scripts, run for real.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs a script with what a person would type at its question.
fn script(name: &str, words: &[&str], typed: &str) -> Output {
    let mut child = Command::new(root().join("scripts").join(name))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A script that asks nothing may have ended already.
    _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A program that listens on a port of its own, and ends at TERM or does not care.
struct Holder(Child, u16);

impl Holder {
    fn start(cares: bool) -> Self {
        let ignore = if cares { "" } else { "signal.signal(signal.SIGTERM, signal.SIG_IGN);" };
        let program = format!(
            "import signal, socket; {ignore} s = socket.create_server(('127.0.0.1', 0)); \
             print(s.getsockname()[1], flush=True); signal.pause()"
        );
        let mut child = Command::new("python3")
            .args(["-c", &program])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is not installed");
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        Self(child, line.trim().parse().unwrap())
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[test]
fn port_names_who_holds_the_port_and_asks_before_it_ends_anything() {
    let mut holder = Holder::start(true);
    let (pid, port) = (holder.0.id(), holder.1.to_string());
    for typed in ["n\n", "\n", ""] {
        let refused = script("port.sh", &[&port], typed);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(said(&refused).contains(&format!("taken by pid {pid}: ")), "{refused:?}");
        assert!(said(&refused).contains("Nothing was ended."), "{refused:?}");
        assert!(holder.is_running());
    }
    let ended = script("port.sh", &[&port], "y\n");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(said(&ended).contains(&format!("Port {port} is free now.")), "{ended:?}");
    testkit::wait_until("the holder has ended", || !holder.is_running());
}

#[test]
fn port_kills_only_with_force() {
    let mut stubborn = Holder::start(false);
    let port = stubborn.1.to_string();
    let tried = script("port.sh", &["--yes", &port], "");
    assert_eq!(tried.status.code(), Some(1), "{tried:?}");
    assert!(said(&tried).contains("scripts/port.sh --force"), "{tried:?}");
    assert!(stubborn.is_running());
    let forced = script("port.sh", &["--yes", "--force", &port], "");
    assert_eq!(forced.status.code(), Some(0), "{forced:?}");
    assert!(said(&forced).contains("kill -KILL"), "{forced:?}");
}

#[test]
fn port_says_that_a_port_is_free_and_refuses_what_is_no_port() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let output = script("port.sh", &[&free], "");
    assert_eq!((output.status.code(), said(&output)), (Some(0), format!("Port {free} is free.\n")));
    for word in ["abc", "0", "70000", "-5"] {
        let output = script("port.sh", &[word], "");
        assert_eq!(output.status.code(), Some(2), "{word}");
        assert!(said(&output).contains("is not a port"), "{output:?}");
    }
}

/// A copy of the labs and scripts in which to break something.
fn copy_of_the_labs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-r")
        .args([root().join("labs"), root().join("scripts"), folder.path().to_owned()])
        .status()
        .unwrap();
    assert!(copied.success());
    folder
}

fn lesson_diff(folder: &Path, words: &[&str]) -> Output {
    Command::new(folder.join("scripts/lesson-diff.sh")).args(words).output().unwrap()
}

#[test]
fn lesson_diff_fails_when_anything_but_the_lesson_differs() {
    let labs = copy_of_the_labs();
    assert_eq!(lesson_diff(labs.path(), &["--check"]).status.code(), Some(0));
    let breaks = [
        ("labs/lab2-resp/src/main.rs", "// more\n", "main.rs differs too"),
        ("labs/lab3-multiclient/src/protocol.rs", "// more\n", "protocol.rs differs too"),
        ("labs/lab2-resp/src/extra.rs", "// more\n", "extra.rs differs too"),
    ];
    for (file, text, complaint) in breaks {
        let labs = copy_of_the_labs();
        let path = labs.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, before + text).unwrap();
        let output = lesson_diff(labs.path(), &["--check"]);
        assert_eq!(output.status.code(), Some(1), "{file}: {output:?}");
        assert!(said(&output).contains(complaint), "{output:?}");
    }
    let server = labs.path().join("labs/lab3-multiclient/src/server.rs");
    let text = std::fs::read_to_string(&server).unwrap();
    std::fs::write(&server, text.replace("let now = clock::now();", "let now = 0;")).unwrap();
    let output = lesson_diff(labs.path(), &["2", "--check"]);
    assert!(said(&output).contains("answer() differs"), "{output:?}");
}

#[test]
fn lesson_diff_shows_the_lesson() {
    let output = lesson_diff(&root(), &["1"]);
    assert!(said(&output).contains("+pub use shared::resp::"), "{output:?}");
    assert!(said(&output).contains("the protocol changes"), "{output:?}");
    assert_eq!(lesson_diff(&root(), &["7"]).status.code(), Some(2));
}

#[test]
fn fuzz_refuses_what_it_does_not_know_before_it_builds_anything() {
    for (words, complaint) in [
        (&["nobody"][..], "there is no target 'nobody'"),
        (&["--seconds", "0"], "'0' is no number of seconds"),
        (&["--seconds"], "'' is no number of seconds"),
        (&["requests", "--input", "/nowhere"], "there is no file '/nowhere'"),
        (&["--input", "Cargo.toml"], "a file is for one target"),
    ] {
        let output = script("fuzz.sh", words, "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(said(&output).contains(complaint), "{output:?}");
        assert!(!said(&output).contains("cargo build"), "{output:?}");
    }
}
