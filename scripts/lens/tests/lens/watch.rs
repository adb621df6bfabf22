//! `lens watch` beside real servers, as text and in a real terminal.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::support::{lab, lens, said};
use tempfile::TempDir;
use testkit::{Lab, Peer, Terminal, wait_until};

/// One picture of a server.
fn once(lab: &Lab) -> String {
    let output = lens(&["watch", &lab.pid().to_string(), "--once"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    said(&output)
}

/// A server, a client that was answered and holds the line, and one that has asked.
fn two_clients(package: &str, request: &str) -> (Lab, Peer, Peer) {
    let lab = Lab::start(&lab(package));
    let mut first = lab.connect();
    first.send(request).read(1);
    let mut second = lab.connect();
    second.send(request);
    (lab, first, second)
}

#[test]
fn on_lab_1_the_second_client_waits_to_be_accepted() {
    for (package, request) in [("lab1-blocking", "SET a 1\n"), ("lab2-resp", "PING\r\n")] {
        let (lab, first, second) = two_clients(package, request);
        let asleep = format!("The server is asleep in recvfrom(client {})", first.local_addr());
        wait_until("the server sleeps", || once(&lab).contains(&asleep));
        let picture = once(&lab);
        assert!(picture.contains("1 client waits to be accepted, for "), "{picture}");
        assert!(picture.contains("■□  1 of 2 places taken"), "{picture}");
        let row = |client: &Peer| {
            let addr = client.local_addr().to_string();
            let mut rows = picture.lines().filter(|line| line.trim_start().starts_with(&addr));
            rows.next().unwrap_or_else(|| panic!("{addr} is not in {picture}")).to_owned()
        };
        assert!(row(&first).contains("server waits for it"), "{picture}");
        assert!(row(&second).contains("WAITS to be accepted"), "{picture}");
        // What it said lies in the kernel: RECV-Q.
        assert!(row(&second).contains(&format!(" {} ", request.len())), "{picture}");
        // The clients are this test.
        assert!(row(&second).contains(&std::process::id().to_string()), "{picture}");
        drop(first);
        wait_until("the second is served", || once(&lab).contains("Nobody waits to be accepted."));
    }
}

#[test]
fn on_lab_3_nobody_waits() {
    let (lab, _first, mut second) = two_clients("lab3-multiclient", "PING\r\n");
    second.read(1);
    let asleep = "The server is asleep in epoll_wait(2 clients and new ones)";
    wait_until("the server sleeps", || once(&lab).contains(asleep));
    let picture = once(&lab);
    assert!(picture.contains("Nobody waits to be accepted."), "{picture}");
    assert_eq!(picture.matches("accepted, idle").count(), 2, "{picture}");
}

#[test]
fn one_thread_serves_whatever_the_others_wait_for() {
    for (package, threads) in [
        ("lab1-blocking", "1 thread serves, 1 waits for Ctrl-C\n"),
        ("lab3-multiclient", "1 thread serves, 1 waits for Ctrl-C\n"),
        ("lab4-fair", "1 thread serves, 1 waits for Ctrl-C, 2 log\n"),
    ] {
        let (lab, mut first, _second) = two_clients(package, "SET a 1\r\n");
        first.read(1);
        let picture = once(&lab);
        let line = picture.lines().find(|line| line.starts_with("  CPU ")).unwrap();
        assert!(format!("{line}\n").ends_with(&format!("· {threads}")), "{picture}");
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn clients_of_ipv6_are_seen_as_well() {
    let lab = Lab::start_with(&lab("lab1-blocking"), &["--host", "::1"]);
    let mut first = lab.connect();
    first.send("SET a 1\n").read(1);
    let mut second = lab.connect();
    second.send("GET a\n");
    let asleep = format!("The server is asleep in recvfrom(client {})", first.local_addr());
    assert!(asleep.contains("[::1]:"), "{asleep}");
    wait_until("the server sleeps", || once(&lab).contains(&asleep));
    let picture = once(&lab);
    assert!(picture.contains(&format!("· {}\n", lab.addr)), "{picture}");
    // Of the time, ss knows more than we have seen.
    assert!(picture.contains("1 client waits to be accepted, for "), "{picture}");
    assert!(picture.contains("■□  1 of 2 places taken"), "{picture}");
    assert!(picture.contains(&format!("  {}", second.local_addr())), "{picture}");
    assert!(picture.lines().all(|line| line.chars().count() <= 80), "{picture}");
}

#[test]
fn a_students_own_lab_is_found_by_its_folder_and_by_its_name() {
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("my-lab2");
    fs::copy(lab("lab2-resp"), &own).unwrap();
    let lab = Lab::start(own.to_str().unwrap());
    let port = lab.addr.port().to_string();
    for name in ["work/lab2", "./work/lab2/", "my-lab2"] {
        let output = lens(&["watch", name, "--port", &port, "--once"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(said(&output).contains(&format!("my-lab2 · pid {} ·", lab.pid())), "{output:?}");
    }
    let output = lens(&["watch", "lab2", "--port", &port, "--once"]);
    assert!(said(&output).contains("no lab2-resp is running on port"), "{output:?}");
}

#[test]
fn the_name_of_a_program_cannot_write_to_the_terminal() {
    let folder = TempDir::new().unwrap();
    let server = folder.path().join("a\x1b[2Jb");
    let client = folder.path().join("c\x1b[2Jd");
    fs::copy(lab("lab2-resp"), &server).unwrap();
    fs::copy(lab("lab2-resp"), &client).unwrap();
    let lab = Lab::start(server.to_str().unwrap());
    let port = lab.addr.port().to_string();
    let mut client = Command::new(client)
        .args(["client", "--port", &port])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("the client is seen", || once(&lab).contains(&client.id().to_string()));
    let picture = once(&lab);
    client.kill().unwrap();
    client.wait().unwrap();
    assert!(!picture.contains('\x1b'), "{picture:?}");
    assert!(picture.contains(r"a\u{1b}[2Jb · pid") && picture.contains(r"  c\u{"), "{picture}");
}

#[test]
fn a_full_queue_and_a_client_that_cannot_connect_are_seen() {
    let (lab, _first, _second) = two_clients("lab1-blocking", "SET a 1\n");
    let _third = lab.connect();
    let addr = lab.addr;
    // Nobody answers the fourth, so it cannot connect: it is another thread that tries.
    std::thread::spawn(move || std::net::TcpStream::connect(addr));
    wait_until("the fourth cannot connect", || once(&lab).contains("CANNOT CONNECT"));
    // A sentence may go on in the next line.
    let picture = once(&lab).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(picture.contains("2 clients wait to be accepted, the first for "), "{picture}");
    assert!(picture.contains("1 cannot even connect: the queue is full."), "{picture}");
    assert!(picture.contains("■■ 2 of 2 places taken: FULL"), "{picture}");
}

#[test]
fn a_server_that_is_not_there_gets_one_sentence_and_what_to_type() {
    let says = |words: &[&str], sentence: &str| {
        let output: Output = lens(words);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(said(&output).contains(sentence), "{output:?}");
        assert_eq!(said(&output).lines().count(), 1, "{output:?}");
    };
    says(&["watch", "lab9"], "there is no lab 'lab9': say lab1, lab2, lab3 or lab4");
    let own =
        "no my-lab3 is running on port 1. Start it: cargo run --manifest-path work/lab3/Cargo.toml";
    says(&["watch", "work/lab3", "--port", "1"], own);
    says(&["watch", "4194304"], "there is no process 4194304");
    says(&["watch", "lab1", "--port", "1"], "cargo run -p lab1-blocking -- --port 1");
    says(&["watch", &std::process::id().to_string()], "is not a server");
    let lab = Lab::start(&lab("lab1-blocking"));
    says(&["watch", &lab.pid().to_string()], "--once");
    let pid = lab.pid().to_string();
    drop(lab);
    says(&["watch", &pid, "--once"], "it has ended");
}

/// A terminal in which lens watches a server.
fn watch(lab: &Lab) -> Terminal {
    Terminal::run(&format!("'{}' watch {}", env!("CARGO_BIN_EXE_lens"), lab.pid()))
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_keys_freeze_and_explain_and_quit() {
    let (lab, first, second) = two_clients("lab1-blocking", "SET a 1\n");
    let terminal = watch(&lab);
    terminal.wait_for(&format!("asleep in recvfrom(client {})", first.local_addr()));
    terminal.wait_for("1 client waits to be accepted");
    for _ in 0..3 {
        terminal.type_key("Down");
    }
    terminal.wait_for(&format!("▸ {}", second.local_addr()));
    terminal.type_key("e");
    terminal.wait_for("No process owns its socket");
    terminal.type_key("?");
    terminal.wait_for("what is what");
    terminal.type_key("Space");
    let frozen = terminal.wait_for("FROZEN");
    drop(first);
    lab.wait_for_log("Connection closed");
    assert!(frozen.contains("WAITS to be accepted"), "{frozen}");
    assert!(terminal.picture().contains("WAITS to be accepted"), "it is not frozen");
    terminal.type_key("Space");
    terminal.wait_for("Nobody waits to be accepted.");
    terminal.type_key("q");
    terminal.expect_end(0);
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_it_ends_with_ctrl_c_and_with_the_server() {
    let lab = Lab::start(&lab("lab3-multiclient"));
    let terminal = watch(&lab);
    terminal.wait_for("asleep in epoll_wait(new clients)");
    terminal.wait_for("No client is connected.");
    terminal.type_key("C-c");
    terminal.expect_end(0);
    drop(terminal);

    let terminal = watch(&lab);
    terminal.wait_for("asleep in epoll_wait");
    let pid = lab.pid();
    drop(lab);
    let picture = terminal.expect_end(0);
    let sentence = format!("The server has ended: lab3-multiclient (pid {pid}).");
    assert!(picture.contains(&sentence), "{picture}");
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_it_ends_when_the_terminal_is_closed() {
    let lab = Lab::start(&lab("lab1-blocking"));
    // In place of the shell: a program below one gets an error when it reads, and not the end for ever.
    let script = format!("exec '{}' watch {}", env!("CARGO_BIN_EXE_lens"), lab.pid());
    let terminal = Terminal::open(&script);
    terminal.wait_for("asleep in accept4");
    let name = format!("watch {}", lab.pid());
    let runs = || {
        let found =
            Command::new("pgrep").args(["-f", &format!("lens.* {name}$")]).output().unwrap();
        !found.stdout.is_empty()
    };
    assert!(runs());
    drop(terminal);
    wait_until("lens has ended", || !runs());
}
