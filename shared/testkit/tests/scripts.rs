//! Runs scripts as a user does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use testkit::root;

/// Runs a script. `typed` is the answer to its question.
fn script(name: &str, args: &[&str], typed: &str) -> Output {
    let mut child = Command::new(root().join("scripts").join(name))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A script without a question may have ended already.
    _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

/// The whole output of a script: stdout, then stderr.
fn output_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A program that listens on a free port. It ends at SIGTERM, or ignores SIGTERM.
struct Holder(Child, u16);

impl Holder {
    fn start(ends_at_term: bool) -> Self {
        let ignore =
            if ends_at_term { "" } else { "signal.signal(signal.SIGTERM, signal.SIG_IGN);" };
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
#[ignore = "needs python3"]
fn port_names_the_program_and_asks_before_ending_it() {
    let mut holder = Holder::start(true);
    let (pid, port) = (holder.0.id(), holder.1.to_string());
    for typed in ["n\n", "\n", ""] {
        let refused = script("port.sh", &[&port], typed);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(output_text(&refused).contains(&format!("taken by pid {pid}: ")), "{refused:?}");
        assert!(output_text(&refused).contains(" min:s)\nNothing was ended."), "{refused:?}");
        assert!(holder.is_running());
    }
    let ended = script("port.sh", &[&port], "y\n");
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(output_text(&ended).contains(&format!("Port {port} is free now.")), "{ended:?}");
    testkit::wait_until("the holder has ended", || !holder.is_running());
}

#[test]
#[ignore = "needs python3"]
fn port_kills_only_with_force() {
    let mut stubborn = Holder::start(false);
    let port = stubborn.1.to_string();
    let tried = script("port.sh", &["--yes", &port], "");
    assert_eq!(tried.status.code(), Some(1), "{tried:?}");
    assert!(output_text(&tried).contains("scripts/port.sh --force"), "{tried:?}");
    assert!(stubborn.is_running());
    let forced = script("port.sh", &["--yes", "--force", &port], "");
    assert_eq!(forced.status.code(), Some(0), "{forced:?}");
    assert!(output_text(&forced).contains("kill -KILL"), "{forced:?}");
}

#[test]
fn port_says_that_a_port_is_free_and_refuses_an_invalid_port() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let output = script("port.sh", &[&free], "");
    assert_eq!(
        (output.status.code(), output_text(&output)),
        (Some(0), format!("Port {free} is free.\n"))
    );
    for invalid in ["abc", "0", "70000", "-5"] {
        let output = script("port.sh", &[invalid], "");
        assert_eq!(output.status.code(), Some(2), "{invalid}");
        let why = if invalid == "-5" { "has no option '-5'" } else { "is not a port" };
        assert!(output_text(&output).contains(why), "{output:?}");
    }
}

/// A copy of the labs and scripts. A test may change its files.
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

fn lesson_diff(folder: &Path, args: &[&str]) -> Output {
    Command::new(folder.join("scripts/lesson-diff.sh")).args(args).output().unwrap()
}

#[test]
fn lesson_diff_fails_if_more_than_the_lesson_differs() {
    let labs = copy_of_the_labs();
    assert_eq!(lesson_diff(labs.path(), &["--check"]).status.code(), Some(0));
    let changes = [
        ("labs/lab2-resp/src/main.rs", "// more\n", "main.rs differs too"),
        ("labs/lab3-multiclient/src/protocol.rs", "// more\n", "protocol.rs differs too"),
        ("labs/lab2-resp/src/extra.rs", "// more\n", "extra.rs differs too"),
        ("labs/lab4-fair/src/main.rs", "// more\n", "main.rs differs too"),
    ];
    for (file, text, message) in changes {
        let labs = copy_of_the_labs();
        let path = labs.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, before + text).unwrap();
        let output = lesson_diff(labs.path(), &["--check"]);
        assert_eq!(output.status.code(), Some(1), "{file}: {output:?}");
        assert!(output_text(&output).contains(message), "{output:?}");
    }
    let server = labs.path().join("labs/lab3-multiclient/src/server.rs");
    let text = std::fs::read_to_string(&server).unwrap();
    std::fs::write(&server, text.replace("let now = clock::now();", "let now = 0;")).unwrap();
    for lesson in ["2", "3"] {
        let output = lesson_diff(labs.path(), &[lesson, "--check"]);
        assert!(output_text(&output).contains("The function answer differs"), "{output:?}");
    }
}

#[test]
fn lesson_diff_shows_the_lesson() {
    let output = lesson_diff(&root(), &["1"]);
    assert!(output_text(&output).contains("+fn decode_array<'a>("), "{output:?}");
    assert!(output_text(&output).contains("the protocol changes"), "{output:?}");
    assert_eq!(lesson_diff(&root(), &["7"]).status.code(), Some(2));
}

#[test]
fn differential_refuses_unknown_arguments_before_it_builds() {
    for (args, message) in [
        (&["nobody"][..], "there is no lab 'nobody'"),
        (&["lab1"], "does not speak Redis's protocol"),
        (&["--requests"], "--requests wants a number behind it"),
        (&["--seed", "x"], "--seed wants a number behind it"),
        (&["--nothing"], "scripts/differential.sh has no option '--nothing'"),
        (&["lab2", "lab3"], "'lab3' is one word too many"),
    ] {
        let output = script("differential.sh", args, "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output_text(&output).contains(message), "{output:?}");
        assert!(!output_text(&output).contains("cargo test"), "{output:?}");
    }
}

#[test]
fn fuzz_refuses_unknown_arguments_before_it_builds() {
    for (args, message) in [
        (&["nobody"][..], "there is no target 'nobody'"),
        (&["--seconds", "0"], "'0' is no number of seconds"),
        (&["--seconds"], "--seconds wants a word behind it"),
        (&["requests", "--input"], "--input wants a word behind it"),
        (&["requests", "--input", ""], "--input wants a word behind it"),
        (&["requests", "--input", "/nowhere"], "there is no file '/nowhere'"),
        (&["--input", "Cargo.toml"], "a file is for one target"),
    ] {
        let output = script("fuzz.sh", args, "");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output_text(&output).contains(message), "{output:?}");
        assert!(!output_text(&output).contains("cargo build"), "{output:?}");
    }
}

#[test]
fn an_option_without_its_value_is_refused_before_anything_is_built() {
    for (name, options) in [
        ("bench.sh", &["--rounds", "--only", "--with", "--json", "--chart"][..]),
        ("compare.sh", &["--lab", "--with", "--out"]),
        ("soak.sh", &["--minutes", "--clients", "--seed", "--json", "--against", "--binary"]),
        ("profile.sh", &["--seconds", "--clients", "--requests", "--pipeline", "--pid", "--out"]),
        ("trace.sh", &["--scenario", "--out", "--binary"]),
        ("replay.sh", &["--scenario", "--out"]),
    ] {
        for option in options {
            let output = script_that_builds_nothing(name, &[option]);
            assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
            assert!(output_text(&output).contains(&format!("{option} wants a ")), "{output:?}");
            assert!(!output_text(&output).contains("cargo build"), "{name}: {output:?}");
        }
    }
}

#[test]
fn the_old_name_of_an_option_is_refused_with_the_new_name() {
    for (name, args, new) in [
        ("trace.sh", &["lab1", "--replay"][..], "--recorded"),
        ("tcpdump.sh", &["lab1", "--replay"], "--recorded"),
        ("tshark.sh", &["lab1", "--replay"], "--recorded"),
        ("compare.sh", &["--replay"], "--recorded"),
        ("lens.sh", &["compare", "--replay"], "--recorded"),
        ("fuzz.sh", &["--replay"], "--corpus"),
    ] {
        let output = script_that_builds_nothing(name, args);
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        let sentence = format!("{name}: the option --replay is called {new} now.");
        assert!(output_text(&output).starts_with(&sentence), "{output:?}");
    }
}

#[test]
fn fuzz_does_not_change_its_lock_file_and_says_how_to_renew_it() {
    let output = script_that_builds_nothing("fuzz.sh", &["requests", "--corpus"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output_text(&output).contains("--locked"), "{output:?}");
    assert!(output_text(&output).contains("cargo update --workspace"), "{output:?}");
}

/// Runs a script with a cargo that fails.
fn script_that_builds_nothing(name: &str, args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/false", folder.path().join("cargo")).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(root().join("scripts").join(name));
    command.args(args).env("PATH", path).stdin(Stdio::null()).output().unwrap()
}
