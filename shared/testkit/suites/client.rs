//! The client of each lab, tested against the server of the same lab.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::Signal;
use testkit::{Lab, run};

use crate::LAB;

/// Runs `client` with more arguments.
fn client(lab: &Lab, args: &[&str]) -> Output {
    let port = lab.addr.port().to_string();
    run(LAB, &[&["client", "--port", &port], args].concat())
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Types these lines at the prompt of `client`, with more options.
fn type_lines(lab: &Lab, options: &[&str], lines: impl AsRef<[u8]>) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(LAB)
        .args(["client", "--port", &lab.addr.port().to_string()])
        .args(options)
        .env("HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_ref()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn one_command_prints_its_reply_and_the_exit_code_says_whether_it_is_an_error() {
    let lab = Lab::start(LAB);
    let set = client(&lab, &["SET", "name", "Alice", "EX", "100"]);
    assert_eq!((set.status.code(), stdout(&set)), (Some(0), "OK\n"));
    let get = client(&lab, &["get", "name"]);
    assert_eq!((get.status.code(), stdout(&get)), (Some(0), "Alice\n"));
    let nil = client(&lab, &["GET", "nobody"]);
    assert_eq!((nil.status.code(), stdout(&nil)), (Some(0), "(nil)\n"));
    let error = client(&lab, &["FOO"]);
    assert_eq!((error.status.code(), stdout(&error)), (Some(1), "ERR unknown command 'FOO'\n"));
    for output in [set, get, nil, error] {
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn if_no_server_listens_the_client_says_what_to_type() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    assert!(lab.stop().status.success());
    for args in [&["client", "--port", &port, "PING"][..], &["client", "--port", &port]] {
        let output = run(LAB, args);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output)
                .contains(&format!("cargo run -p {} -- --port {port}", env!("CARGO_PKG_NAME"))),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn the_prompt_reads_line_by_line_and_understands_quotes() {
    let lab = Lab::start(LAB);
    let lines =
        "SET note \"two words\"\n\nGET note\nGET 'note'\nGET \"note\nHELP get\nEXIT\nGET note\n";
    let output = type_lines(&lab, &[], lines);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("[+] Connected to TCP server at 127.0.0.1:"));
    assert!(stderr(&output).contains("unbalanced quotes"), "{}", stderr(&output));
    let help = "GET key\n  Returns the value of a key.\n";
    assert_eq!(stdout(&output), format!("OK\ntwo words\ntwo words\n{help}OK\n"));
}

#[test]
fn each_command_of_the_help_is_there_as_the_help_writes_it() {
    let lab = Lab::start(LAB);
    let help = type_lines(&lab, &[], "help\n");
    let lines = stdout(&help).lines().filter(|line| line.starts_with(char::is_uppercase));
    let mut commands = Vec::new();
    for line in lines {
        let (name, does) = line.split_once(' ').unwrap();
        // A command that is unknown without its argument is written with it.
        let forms = does.split(&[',', '('][..]).filter(|form| form.trim().starts_with(name));
        let before = commands.len();
        commands.extend(
            forms.map(|form| form.split_whitespace().take(2).collect::<Vec<_>>().join(" ")),
        );
        if commands.len() == before {
            commands.push(name.to_owned());
        }
    }
    assert!(commands.len() > 30 && commands.contains(&"HELLO 2".to_owned()), "{commands:?}");
    for command in commands {
        let output = type_lines(&lab, &[], format!("{command}\n"));
        assert!(!stdout(&output).contains("unknown command"), "{command}: {output:?}");
    }
}

#[test]
fn json_prints_one_object_for_each_reply() {
    let lab = Lab::start(LAB);
    let output = type_lines(&lab, &["--json"], "SET name Alice\nGET name\nGET nobody\nFOO\n");
    assert!(stderr(&output).contains("[i] JSON Output: ON"), "{}", stderr(&output));
    let lines: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1]["command"], serde_json::json!(["GET", "name"]));
    assert_eq!(lines[1]["value"], "Alice");
    assert!(lines[1]["ms"].is_number());
    assert_eq!((&lines[2]["type"], &lines[2]["value"]), (&"nil".into(), &().into()));
    assert_eq!(lines[3]["type"], "error");
}

#[test]
fn a_reply_of_any_size_arrives_whole() {
    let lab = Lab::start(LAB);
    // On Linux an argument of a command line has at most 128 KB. APPEND builds a longer value.
    let part = "0123456789".repeat(10_000);
    for _ in 0..25 {
        assert_eq!(client(&lab, &["APPEND", "long", &part]).status.code(), Some(0));
    }
    let output = client(&lab, &["GET", "long"]);
    assert_eq!(stdout(&output).trim_end().len(), 2_500_000);
    assert_eq!(stdout(&output).trim_end(), part.repeat(25));
}

#[test]
fn bytes_that_are_not_text_arrive_whole() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    let bytes: Vec<u8> = (1..=255).filter(|byte| *byte != b'\n').collect();
    let args = [&b"client"[..], b"--port", port.as_bytes(), b"SET", b"bytes", &bytes];
    let set = run(LAB, &args.map(OsStr::from_bytes));
    assert_eq!(stdout(&set), "OK\n");
    assert_eq!(client(&lab, &["GET", "bytes"]).stdout, [&bytes[..], b"\n"].concat());
}

#[test]
fn if_the_server_ends_the_client_says_so_and_exits_with_2() {
    let lab = Lab::start(LAB);
    let mut child = Command::new(LAB)
        .args(["client", "--port", &lab.addr.port().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"PING\n").unwrap();
    lab.wait_for_log("Sent");
    assert!(lab.stop().status.success());
    stdin.write_all(b"PING\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("has closed the connection"), "{}", stderr(&output));
}

#[test]
fn an_error_is_one_line_without_control_characters() {
    let lab = Lab::start(LAB);
    // The server repeats the name of an unknown command.
    let name = "FOO\u{1b}[2J\u{7f}\u{9b}2J\t";
    let escaped = "FOO\\u{1b}[2J\\u{7f}\\u{9b}2J\\t";
    let one = client(&lab, &[name]);
    assert_eq!(stdout(&one), format!("ERR unknown command '{escaped}'\n"));
    let typed = type_lines(&lab, &[], format!("\"{name}\"\n"));
    assert_eq!(stdout(&typed), format!("ERR unknown command '{escaped}'\n"));
    let json = client(&lab, &["--json", name]);
    assert!(!stdout(&json).trim_end().contains(char::is_control), "{}", stdout(&json));
    let json: serde_json::Value = serde_json::from_str(stdout(&json)).unwrap();
    assert_eq!(json["value"], format!("ERR unknown command '{name}'"));
}

#[test]
fn every_error_of_the_server_is_an_error_for_the_exit_code() {
    let lab = Lab::start_with(LAB, &["--max-memory", "1"]);
    for (command, code) in [
        (&["SET", "name", "Alice"][..], "OOM "),
        (&["HELLO", "4"], "NOPROTO "),
        (&["HELLO", "3", "AUTH", "nobody", "wrong"], "WRONGPASS "),
        (&["FOO"], "ERR "),
    ] {
        let output = client(&lab, command);
        assert!(stdout(&output).starts_with(code), "{output:?}");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
}

#[test]
fn the_prompt_sends_a_line_that_is_not_text_and_goes_on() {
    let lab = Lab::start(LAB);
    let output = type_lines(&lab, &[], b"SET k \xff\xfe\nSTRLEN k\nFOO \xff\nPING");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(stdout(&output).lines().next(), Some("OK"));
    assert_eq!(stdout(&output).lines().last(), Some("PONG"));
    assert!(stdout(&output).contains("2\nERR unknown command 'FOO'\n"), "{output:?}");
}

#[test]
fn if_nobody_reads_the_replies_the_client_ends_quietly() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    // As `client ... | head -1` after the first line.
    for words in [&["PING"][..], &[], &["--json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = Command::new(LAB)
            .args([&["client", "--port", &port], words].concat())
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The client may have ended already.
        _ = child.stdin.take().unwrap().write_all(b"HELP\nPING\nPING\n");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {output:?}");
        let said = stderr(&output).lines().filter(|line| !line.starts_with('['));
        assert_eq!(said.count(), 0, "{words:?}: {output:?}");
    }
}

/// Starts the prompt of `client` with `--wait`. What it says goes to the pipes.
fn waiting_client(port: &str) -> Child {
    Command::new(LAB)
        .args(["client", "--host", "localhost", "--port", port, "--json", "--wait", "60"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_client_waits_for_a_server_that_is_not_there_yet() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    assert!(lab.stop().status.success());
    let mut child = waiting_client(&port);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut line = || said.next().unwrap().unwrap();
    let no_server = format!("(no server at localhost:{port}: trying again for 60 s; Ctrl-C stops)");
    assert_eq!(line(), no_server);
    let _lab = Lab::start_with(LAB, &["--port", &port]);
    assert_eq!(line(), format!("[+] Connected to TCP server at localhost:{port}"));
    assert_eq!(line(), "[i] JSON Output: ON");
    child.stdin.take().unwrap().write_all(b"PING\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("PONG"), "{output:?}");
}

#[test]
fn a_waiting_client_connects_again_after_the_server_was_killed() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    let mut child = waiting_client(&port);
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"SET name Alice\n").unwrap();
    lab.wait_for_log("Sent");
    assert!(!lab.end_with(Signal::SIGKILL).status.success());
    stdin.write_all(b"GET name\n").unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut line_with = |text: &str| said.by_ref().any(|line| line.unwrap().contains(text));
    assert!(line_with("has closed the connection"));
    assert!(line_with("trying again for 60 s"));
    let _lab = Lab::start_with(LAB, &["--port", &port]);
    assert!(line_with("[+] Connected to TCP server at localhost:"));
    assert!(line_with("your last command has no reply: type it again"));
    stdin.write_all(b"GET name\nEXIT\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    // The new server knows nothing of the old one's keys.
    let types: Vec<String> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].to_string())
        .collect();
    assert_eq!(types.len(), 3, "{output:?}");
    assert_eq!(types[1], "\"nil\"");
}

#[test]
fn a_client_that_leaves_while_the_server_is_gone_does_not_wait() {
    let lab = Lab::start(LAB);
    let mut child = waiting_client(&lab.addr.port().to_string());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"PING\n").unwrap();
    lab.wait_for_log("Sent");
    assert!(!lab.end_with(Signal::SIGKILL).status.success());
    stdin.write_all(b"EXIT\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(!stderr(&output).contains("trying again"), "{output:?}");
}
