//! The prompt of the client in a terminal.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testkit::{Lab, Terminal};

use crate::LAB;

/// A terminal in which the client shows its prompt. Its history goes to a folder without a file.
fn prompt(lab: &Lab) -> Terminal {
    let port = lab.addr.port();
    let command = format!("sh -c 'echo pid $$; HOME=/nowhere exec {LAB} client --port {port}'");
    let terminal = Terminal::run(&command);
    // The prompt needs the connection, but not that the server accepts it.
    terminal.wait_for(&format!("127.0.0.1:{port}>"));
    terminal
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_two_pasted_lines_are_two_commands() {
    let lab = Lab::start(LAB);
    let terminal = prompt(&lab);
    terminal.paste("SET name Alice\nGET name\n");
    lab.wait_for_log("Alice\n");
    let log = lab.log();
    assert_eq!(log.matches("Received").count(), 2, "{log}");
    let picture = terminal.wait_for("\nAlice\n");
    assert!(picture.contains("> GET name\n"), "{picture}");
    terminal.type_key("C-d");
    terminal.expect_end(0);
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_a_key_that_is_not_utf_8_does_not_end_the_client() {
    let lab = Lab::start(LAB);
    let terminal = prompt(&lab);
    terminal.tmux(&["send-keys", "-H", "41", "ff", "0d"]);
    terminal.wait_for("this is not UTF-8");
    terminal.paste("PING\n");
    terminal.wait_for("PONG");
    terminal.type_key("C-d");
    terminal.expect_end(0);
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_lines_that_are_typed_ahead_are_not_lost() {
    let lab = Lab::start(LAB);
    let first = {
        let mut peer = lab.connect();
        peer.ask("PING\r\n", crate::PONG);
        peer
    };
    // The server serves the first client. So the second client waits, and its user goes on.
    let terminal = prompt(&lab);
    terminal.paste("SET name Alice\n");
    terminal.wait_for("no reply for 300 ms");
    terminal.paste("GET name\nSTRLEN name\n");
    drop(first);
    lab.wait_for_log("Sent RESP: 5");
    terminal.wait_for("(integer) 5");
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_a_signal_at_the_prompt_restores_the_terminal() {
    for (signal, exit_code) in [(Signal::SIGTERM, 143), (Signal::SIGHUP, 129), (Signal::SIGINT, 0)]
    {
        let lab = Lab::start(LAB);
        let terminal = prompt(&lab);
        let picture = terminal.picture();
        let pid = picture.lines().find_map(|line| line.strip_prefix("pid ")?.parse().ok()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
        terminal.expect_end(exit_code);
    }
}
