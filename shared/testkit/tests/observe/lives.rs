//! A student at a terminal: starts a script, connects to the lab from another terminal, and presses Ctrl-C.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use testkit::{LIMIT, Lab, wait_until};

use crate::LABS;
use crate::kit::{Kit, anybody_may_own_a_network, free_port};

/// A terminal: a tmux with its own server, which ends when this value is dropped.
struct Terminal<'a> {
    kit: &'a Kit,
    name: String,
}

impl<'a> Terminal<'a> {
    /// Opens a terminal and starts a script in it. The screen keeps its text after the script has ended.
    fn open(kit: &'a Kit, script: &str, args: &[&str]) -> Self {
        let name = kit.path().file_name().unwrap().to_str().unwrap().to_owned();
        let command = kit.command(script, &[]);
        let mut tmux = Command::new("tmux");
        tmux.args(["-L", &name, "-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "100"]);
        tmux.arg(format!(
            "trap : INT; {} {}; code=$?; trap '' INT; echo \"ended with $code\"; exec cat",
            command.get_program().display(),
            args.join(" ")
        ));
        tmux.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .env_remove("TMUX");
        assert!(tmux.status().unwrap().success());
        Self { kit, name }
    }

    fn tmux(&self, args: &[&str]) -> String {
        let mut tmux = Command::new("tmux");
        tmux.args(["-L", &self.name]).args(args).env("TMUX_TMPDIR", self.kit.path());
        let output = tmux.output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-S", "-1000"])
    }

    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(started.elapsed() < LIMIT, "{text:?} is not on the screen:\n{}", screen.trim());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Checks that the script, which has ended, has left no process: only the terminal itself is there.
    #[track_caller]
    fn assert_nothing_runs(&self) {
        let own = self.tmux(&["display-message", "-p", "#{pid} #{pane_pid}"]);
        let own: Vec<i32> = own.split_whitespace().map(|pid| pid.parse().unwrap()).collect();
        let left = self.kit.running();
        let left: Vec<_> = left.iter().filter(|(pid, _)| !own.contains(pid)).collect();
        assert!(left.is_empty(), "left running: {left:?}\n{}", self.screen());
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
        if !std::thread::panicking() {
            wait_until("the terminal has closed", || self.kit.running().is_empty());
        }
    }
}

/// Runs a client that sends one command and disconnects.
fn send_set(program: &str, port: &str) {
    let output = testkit::run(program, &["client", "--port", port, "SET", "name", "Alice"]);
    assert!(output.status.success(), "{output:?}");
}

/// Starts a script, sends a command, waits for `expected` on the screen, presses Ctrl-C, and returns the screen.
fn watch_and_press_ctrl_c(kit: &Kit, script: &str, lab: (&str, &str), expected: &str) -> String {
    let program = kit.program(lab.1);
    let port = free_port().to_string();
    let args = [lab.0, "--binary", &program, "--", "--port", &port];
    let terminal = Terminal::open(kit, script, &args);
    terminal.wait_for("Ctrl-C here ends the watching and the server.");
    send_set(&program, &port);
    terminal.wait_for(expected);
    terminal.press(&["C-c"]);
    let screen = terminal.wait_for("ended with 0");
    assert!(screen.contains(&format!("{} stopped after", lab.1)), "{script}:\n{screen}");
    terminal.assert_nothing_runs();
    screen
}

#[test]
#[ignore = "needs strace ltrace tcpdump tshark tmux"]
fn ctrl_c_ends_the_tool_and_the_lab_and_keeps_the_capture() {
    for (lab, package, _) in LABS {
        for (script, expected) in [
            ("trace.sh", "said SET name Alice"),
            ("ltrace.sh", "recv("),
            ("tcpdump.sh", if lab == "lab1" { "│ SET name Alice" } else { "│ Alice" }),
            ("tshark.sh", "SET name Alice"),
        ] {
            let kit = Kit::new();
            let screen = watch_and_press_ctrl_c(&kit, script, (lab, package), expected);
            assert!(screen.contains("The capture is in captures/"), "{script}:\n{screen}");
            let captures = fs::read_dir(kit.captures(package)).unwrap();
            let captures: Vec<_> = captures.map(|file| file.unwrap().file_name()).collect();
            assert!(captures.len() == 1, "{captures:?}");
            assert!(
                std::path::Path::new(&captures[0])
                    .extension()
                    .is_none_or(|extension| extension != "part"),
                "{captures:?}"
            );
        }
        let kit = Kit::new();
        watch_and_press_ctrl_c(
            &kit,
            "sockets.sh",
            (lab, package),
            "the listening socket: 0 waiting",
        );
    }
}

#[test]
#[ignore = "needs strace tcpdump tshark ss tmux"]
fn after_an_attached_script_ends_the_lab_continues() {
    let kit = Kit::new();
    for (lab, package, _) in LABS {
        let program = kit.program(package);
        for script in ["trace.sh", "tcpdump.sh", "tshark.sh", "sockets.sh"] {
            let mut server = Lab::start(&program);
            let port = server.addr.port().to_string();
            let terminal = Terminal::open(&kit, script, &[lab, "--attach", "--", "--port", &port]);
            terminal.wait_for("Ctrl-C ends the watching; the server goes on.");
            send_set(&program, &port);
            if script != "sockets.sh" {
                terminal.wait_for("Alice");
            }
            terminal.press(&["C-c"]);
            terminal.wait_for("ended with 0");
            assert!(server.is_running());
            send_set(&program, &port);
        }
    }
}

#[test]
#[ignore = "needs strace"]
fn a_profile_that_is_ended_early_leaves_no_process() {
    let kit = Kit::new();
    let program = kit.program("lab1-blocking");
    let words = ["lab1", "--wall", "--seconds", "79", "--binary", &program, "--", "--port", "0"];
    let output = kit.run_until_it_ends(kit.command("profile.sh", &words), |script| {
        script.wait_for("Ctrl-C ends it before its time");
        nix::sys::signal::kill(script.pid, Signal::SIGTERM).unwrap();
    });
    assert!(output.status.success(), "{output:?}");
}

#[test]
#[ignore = "needs strace tmux"]
fn when_the_lab_ends_the_script_ends_too() {
    let kit = Kit::new();
    let server = Lab::start(&kit.program("lab3-multiclient"));
    let port = server.addr.port().to_string();
    let terminal = Terminal::open(&kit, "trace.sh", &["lab3", "--attach", "--", "--port", &port]);
    terminal.wait_for("Ctrl-C ends the watching");
    // Not SIGINT: where these tests run in the background, the lab ignores it.
    assert!(server.end_with(Signal::SIGTERM).status.success());
    terminal.wait_for("The capture is in");
    terminal.wait_for("ended with 0");
}

#[test]
#[ignore = "needs strace ss tmux"]
fn the_window_has_the_lab_its_trace_and_two_clients() {
    for (lab, package, many) in LABS {
        let kit = Kit::new();
        let port = free_port().to_string();
        let binary = kit.program(package);
        let terminal =
            Terminal::open(&kit, "panes.sh", &[lab, "--binary", &binary, "--", "--port", &port]);
        for part in
            ["the server", "client 1", "client 2", "its system calls", "listening on 127.0.0.1"]
        {
            terminal.wait_for(part);
        }
        let prompt = format!("127.0.0.1:{port}> ");
        wait_until("two prompts", || terminal.screen().matches(prompt.trim_end()).count() >= 2);
        // Ctrl-A is the prefix key of a tmux inside tmux.
        terminal.press(&["SET name Alice", "Enter"]);
        terminal.wait_for("said SET name Alice");
        terminal.press(&["C-a", "Right"]);
        terminal.press(&["GET name", "Enter"]);
        terminal.wait_for(if many { "said GET name" } else { "no reply for 300 ms" });
        terminal.press(&["C-a", "d"]);
        let screen = terminal.wait_for("ended with 0");
        assert!(screen.contains("All of it has ended."), "{screen}");
        terminal.assert_nothing_runs();
    }
}

#[test]
#[ignore = "needs strace ss tmux"]
fn ctrl_c_in_a_client_that_waits_ends_the_client_and_not_its_part() {
    let kit = Kit::new();
    let port = free_port().to_string();
    let binary = kit.program("lab1-blocking");
    let args = ["lab1", "--binary", &binary, "--", "--port", &port];
    let terminal = Terminal::open(&kit, "panes.sh", &args);
    let prompt = format!("127.0.0.1:{port}>");
    wait_until("two prompts", || terminal.screen().matches(&prompt).count() >= 2);
    // Ctrl-A is the prefix key of a tmux inside tmux.
    terminal.press(&["C-a", "Right"]);
    terminal.press(&["GET name", "Enter"]);
    terminal.wait_for("no reply for 300 ms");
    terminal.press(&["C-c"]);
    // The part is a shell now. The screen shows these words, and not the command, once the shell has run it.
    terminal.press(&["echo still $((40 + 2)) here", "Enter"]);
    let screen = terminal.wait_for("still 42 here");
    assert!(screen.contains("client 2"), "{screen}");
    // The last line of the window says D, and some press Shift.
    terminal.press(&["C-a", "D"]);
    terminal.wait_for("ended with 0");
    terminal.assert_nothing_runs();
}

#[test]
#[ignore = "needs tmux"]
fn all_terminals_in_a_network_of_ones_own_share_that_network() {
    if !anybody_may_own_a_network() {
        return;
    }
    let kit = Kit::new();
    let folder = kit.path().display();
    let environment = format!("HOME={folder} TMUX_TMPDIR={folder} OBSERVE_KIT={folder}");
    let open = |sign: &str| {
        let terminal = testkit::Terminal::run(&format!(
            "env {environment} SHELL=/bin/sh {folder}/scripts/own-network.sh"
        ));
        // The number of the session, in the last line.
        terminal.wait_for(sign);
        terminal
    };
    let terminals = [open("[0] 0:"), open("[1] 0:")];
    let networks = terminals.each_ref().map(|terminal| {
        terminal.type_key("echo is=$(readlink /proc/self/ns/net)=");
        terminal.type_key("Enter");
        let screen = terminal.wait_for("is=net:[");
        screen.split("is=net:[").nth(1).unwrap().split(']').next().unwrap().to_owned()
    });
    assert_eq!(networks[0], networks[1]);
    let outside = fs::read_link("/proc/self/ns/net").unwrap();
    assert_ne!(outside.to_str().unwrap(), format!("net:[{}]", networks[0]));
    for terminal in &terminals {
        terminal.type_key("exit");
        terminal.type_key("Enter");
        terminal.expect_end(0);
    }
}
