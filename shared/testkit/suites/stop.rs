//! How a server ends: Ctrl-C, `kill`, a closed terminal.

use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use testkit::{Lab, wait_until};

use crate::LAB;

const NAME: &str = env!("CARGO_PKG_NAME");
const SIGNALS: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];
/// The tests may run where a signal is ignored: below `nohup`, or in the background of a script.
const NOT_IGNORED: [&str; 2] = ["env", "--default-signal=INT,HUP"];

#[test]
fn each_signal_ends_the_lab_with_the_number_of_clients_and_commands() {
    for signal in SIGNALS {
        let lab = Lab::start_below(&NOT_IGNORED, LAB, &[]);
        lab.connect().send("PING\r\nPING\r\n").read(1);
        lab.wait_for_log("Connection closed");
        let ended = lab.end_with(signal);
        assert!(ended.status.success(), "{signal}: {:?}", ended.status);
        assert!(ended.stdout.starts_with(&format!("{NAME} stopped after ")), "{}", ended.stdout);
        assert!(ended.stdout.ends_with("clients: 1, commands: 2\n"), "{}", ended.stdout);
    }
}

#[test]
fn the_lab_stops_while_a_silent_client_is_connected() {
    let lab = Lab::start(LAB);
    let mut silent = lab.connect();
    silent.send("PING\r\n").read(1);
    assert!(lab.stop().status.success());
}

#[test]
fn each_signal_ends_a_lab_whose_stdout_and_stderr_are_a_full_pipe() {
    let both = ["sh", "-c", "exec \"$@\" 2>&1", "sh"];
    for signal in SIGNALS {
        let mut lab = Lab::start_below(&[&NOT_IGNORED[..], &both].concat(), LAB, &[]);
        let mut client = lab.connect();
        client.send("PING\r\n".repeat(5_000));
        wait_until("a thread of the server waits for the pipe", || waits_for_a_pipe(lab.pid()));
        let status = lab.end_unread(signal);
        assert!(status.success(), "{signal}: {status:?}");
    }
}

/// Whether a thread of the process is asleep because a pipe is full. The kernel says it.
fn waits_for_a_pipe(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let places =
        threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("wchan")).unwrap());
    places.into_iter().any(|place| place.contains("pipe_write"))
}

#[test]
fn a_signal_that_is_ignored_at_the_start_stays_ignored() {
    for (ignored, signal) in [("HUP", Signal::SIGHUP), ("INT", Signal::SIGINT)] {
        let ignore = format!("--ignore-signal={ignored}");
        let lab = Lab::start_below(&["env", "--default-signal=INT,HUP", &ignore], LAB, &[]);
        let mut client = lab.connect();
        client.send("PING\r\n").read(4);
        lab.signal(signal);
        client.read_line();
        assert!(client.receives_nothing_for(Duration::from_millis(200)), "{signal} ended the lab");
        client.send("ECHO alive\r\n").read(5);
        assert!(lab.stop().status.success());
    }
}
