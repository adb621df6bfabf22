//! A server whose output cannot be written goes on: stdout, stderr, and the log file.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};

use testkit::{Lab, run, wait_until};

use crate::LAB;

const NO_SPACE: &str = "cannot be written (No space left on device)";

/// Sends some requests, each of which is logged, and expects replies.
fn ask(lab: &Lab) {
    let mut client = lab.connect();
    client.send("ECHO one\r\nECHO two\r\n").finish();
    let replies = String::from_utf8(client.read(1000)).unwrap();
    assert!(replies.contains("one") && replies.contains("two"), "{replies}");
    drop(client);
}

#[test]
fn a_log_file_that_cannot_be_opened_causes_one_warning() {
    for file in ["/proc/no/such/folder", "/tmp"] {
        let lab = Lab::start_with(LAB, &["--log-file", file]);
        ask(&lab);
        let ended = lab.stop();
        assert!(ended.status.success());
        assert_eq!(ended.stderr.matches("No log file").count(), 1, "{}", ended.stderr);
        assert!(ended.stderr.contains("--log-file"), "{}", ended.stderr);
    }
}

#[test]
fn a_full_disk_causes_one_warning_on_stderr() {
    let lab = Lab::start_with(LAB, &["--log-file", "/dev/full"]);
    ask(&lab);
    ask(&lab);
    let ended = lab.stop();
    assert!(ended.status.success());
    let warning = format!("The log file /dev/full {NO_SPACE}:\nlines are lost.\n");
    assert_eq!(ended.stderr.matches(&warning).count(), 1, "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("cannot be written").count(), 1, "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("Connection from").count(), 2, "{}", ended.stderr);
}

#[test]
fn a_stderr_that_cannot_be_written_causes_one_warning_in_the_log_file() {
    let full = ["sh", "-c", "exec \"$@\" 2>/dev/full", "sh"];
    let lab = Lab::start_below(&full, LAB, &[]);
    ask(&lab);
    ask(&lab);
    lab.wait_for_log("lines are lost.\n");
    let log = lab.stop().log;
    assert_eq!(log.matches(&format!("Standard error {NO_SPACE}:\n")).count(), 1, "{log}");
    assert_eq!(log.matches("cannot be written").count(), 1, "{log}");
    assert_eq!(log.matches("Connection from").count(), 2, "{log}");
}

#[test]
fn a_log_and_a_stderr_that_both_cannot_be_written_do_not_end_the_lab() {
    let full = ["sh", "-c", "exec \"$@\" 2>/dev/full", "sh"];
    let lab = Lab::start_below(&full, LAB, &["--log-file", "/dev/full"]);
    ask(&lab);
    ask(&lab);
    assert!(lab.stop().status.success());
}

#[test]
fn a_closed_terminal_does_not_end_the_lab() {
    let mut lab = Lab::start_without_terminal(LAB);
    ask(&lab);
    ask(&lab);
    assert!(lab.is_running());
}

#[test]
fn a_stdout_that_cannot_be_written_causes_a_warning_and_the_lab_serves() {
    // The shell prints the ready line that the lab cannot print, so that the test knows the port.
    let full = "echo \"lab listening on 127.0.0.1:$4 (pid $$)\"; exec \"$@\" >/dev/full";
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let lab = Lab::start_below(&["sh", "-c", full, "sh"], LAB, &["--port", &free.to_string()]);
    lab.wait_for_log(&format!("Standard output {NO_SPACE}"));
    wait_until("the lab listens", || TcpStream::connect(lab.addr).is_ok());
    ask(&lab);
    assert!(lab.stop().status.success());
}

#[test]
fn an_error_at_the_start_has_exit_code_1_though_nobody_can_read_it() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    let full = "exec \"$@\" 2>/dev/full";
    let output = run("sh", &["-c", full, "sh", LAB, "--port", &port]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_pipe_as_log_file_gets_the_lines_if_a_program_reads_it_and_else_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe").to_str().unwrap().to_owned();
    assert!(run("mkfifo", &[&pipe]).status.success());

    let lab = Lab::start_with(LAB, &["--log-file", &pipe]);
    ask(&lab);
    let stderr = lab.stop().stderr;
    let warning = format!("No log file: {pipe} cannot be written (no program reads the pipe).");
    assert_eq!(stderr.matches(&warning).count(), 1, "{stderr}");

    // Opened for both, a pipe waits for nobody.
    let reader = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let lab = Lab::start_with(LAB, &["--log-file", &pipe]);
    ask(&lab);
    let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("Connection closed")));
    assert!(!lab.stop().stderr.contains("No log file"));
}
