//! The behaviour that all labs share, with any protocol and any way to wait.

use testkit::{Lab, run, wait_until};

use crate::LAB;

const NAME: &str = env!("CARGO_PKG_NAME");

#[test]
fn the_lab_prints_a_line_when_it_is_ready() {
    let lab = Lab::start(LAB);
    let expected = format!("{NAME} listening on {} (pid {})\n", lab.addr, lab.pid());
    assert_eq!(lab.ready_line, expected);
}

#[test]
fn help_fits_into_80_columns_and_has_examples_and_exit_codes() {
    for args in [&["--help"][..], &["serve", "-h"], &["client", "--help"], &["bench", "--help"]] {
        let output = run(LAB, args);
        assert!(output.status.success(), "{output:?}");
        let help = String::from_utf8(output.stdout).unwrap();
        let long = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(long, None);
        let example = format!("\n\nExamples:\n  cargo run -p {NAME}");
        for part in ["Usage:", &example, "\n\nExit code:\n  0  "] {
            assert!(help.contains(part), "{part:?} is not in: {help}");
        }
    }
}

#[test]
fn a_taken_address_is_an_error_that_names_the_program_and_the_solutions() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port();
    let output = run(LAB, &["--port", &port.to_string()]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for part in [
        &format!("port {port} is taken by {NAME} (pid {})", lab.pid()),
        &format!("cargo run -p {NAME} -- --port {}", port + 1),
        &format!("scripts/port.sh {port}"),
    ] {
        assert!(message.contains(part), "{part:?} is not in: {message}");
    }
    assert_eq!(output.stdout, b"");
}

#[test]
fn the_lab_can_start_again_at_once_on_the_same_port() {
    let lab = Lab::start(LAB);
    let port = lab.addr.port().to_string();
    // The side that closes first keeps the connection in TIME_WAIT for a minute. Here it is the server.
    lab.connect().send("EXIT\r\n").read(3);
    lab.wait_for_log("Connection closed");
    assert!(lab.stop().status.success());
    let again = Lab::start_with(LAB, &["--port", &port]);
    assert_eq!(again.addr.port().to_string(), port);
}

#[test]
fn the_log_has_the_time_and_no_colours() {
    let lab = Lab::start(LAB);
    let mut peer = lab.connect();
    let addr = peer.local_addr();
    peer.send("EXIT\r\n").read(3);
    lab.wait_for_log(&format!("Connection closed for {addr}\n"));
    let log = lab.log();
    let first = log.lines().next().unwrap();
    assert!(first.ends_with(&format!("Z Connection from {addr}")), "{first}");
    assert!(first.starts_with("20") && first.as_bytes()[10] == b'T', "{first}");
    assert!(!log.contains('\x1b'), "{log}");
}

#[test]
fn a_client_cannot_write_a_line_of_the_log_or_control_the_terminal() {
    let lab = Lab::start(LAB);
    let forged = r"\x1b[2Jx\n2026-01-01T00:00:00.000Z Connection from 6.6.6.6:1\x7f\xc2\x9b";
    let mut peer = lab.connect();
    // As the name of a command it comes back in an error. As a key it expires, as a value it is sent.
    peer.send(format!(
        "\"{forged}\"\r\nSET \"{forged}\" \"{forged}\" PX 1\r\nECHO \"{forged}\"\r\n"
    ));
    wait_until("the last request is in the log", || lab.log().contains("ECHO"));
    let ended = lab.stop();
    let is_harmless = |c: char| !c.is_control() || c == '\n';
    for text in [&ended.log, &ended.stderr] {
        assert!(text.chars().all(is_harmless), "{text:?}");
        assert!(text.lines().all(|line| !line.starts_with("2026-01-01")), "{text}");
    }
}

#[test]
fn the_name_of_the_program_that_holds_the_port_cannot_control_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lab\x1b[2J");
    std::fs::copy(LAB, &program).unwrap();
    let holder = Lab::start(program.to_str().unwrap());
    let output = run(LAB, &["--port", &holder.addr.port().to_string()]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains(r"taken by lab\u{1b}[2J (pid "), "{stderr:?}");
    assert!(!stderr.contains('\x1b'), "{stderr:?}");
}

#[test]
fn quiet_logs_only_connections_and_errors() {
    let lab = Lab::start_with(LAB, &["--quiet"]);
    lab.connect().send("SET k v\r\nEXIT\r\n").read(3);
    lab.wait_for_log("Connection closed");
    let ended = lab.stop();
    for text in [ended.log, ended.stderr] {
        assert!(text.contains("Connection from"), "{text}");
        assert!(!text.contains("Received") && !text.contains("Sent"), "{text}");
    }
}

#[test]
fn a_client_that_resets_or_half_closes_or_sends_malformed_bytes_does_not_end_the_lab() {
    let mut lab = Lab::start(LAB);
    let mut resetting = lab.connect();
    resetting.send("PING\r\n");
    resetting.reset();
    lab.wait_for_log("Connection closed");

    let mut half_closed = lab.connect();
    half_closed.send("ECHO one\r\nECHO two\r\n").finish();
    let replies = String::from_utf8(half_closed.read(1000)).unwrap();
    assert!(replies.contains("one") && replies.contains("two"), "{replies}");

    let mut malformed = lab.connect();
    malformed.send([0, 255, 254, b'\r', b'\n', 7, b'"', b'\n']).finish();
    malformed.read(1000);
    drop(malformed);

    lab.connect().send("ECHO alive\r\n").finish().read(1000);
    assert!(lab.is_running());
}

#[test]
fn a_browser_is_disconnected_and_the_reason_is_logged() {
    let lab = Lab::start(LAB);
    let mut browser = lab.connect();
    let addr = browser.local_addr();
    browser.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nFLUSHALL\r\n").expect_closed();
    lab.wait_for_log(&format!(
        "Connection closed for {addr}: possible attack: this looks like HTTP"
    ));
    lab.connect().send("ECHO alive\r\n").finish().read(1000);
    assert!(!lab.log().contains("FLUSHALL"), "{}", lab.log());
}

#[test]
#[ignore = "needs curl: scripts/test.sh installs it"]
fn curl_gets_no_reply_to_get_and_to_post() {
    const EMPTY_REPLY: i32 = 52;
    const RESET: i32 = 56;
    let lab = Lab::start(LAB);
    let url = format!("http://{}/", lab.addr);
    for args in [&["--silent", &url][..], &["--silent", "--data", "FLUSHALL", &url]] {
        let output = run("curl", args);
        assert!(matches!(output.status.code(), Some(EMPTY_REPLY | RESET)), "{output:?}");
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn a_silent_client_is_disconnected_after_the_idle_timeout() {
    let lab = Lab::start_with(LAB, &["--idle-timeout", "1"]);
    let mut silent = lab.connect();
    silent.expect_closed();
    let addr = silent.local_addr();
    lab.wait_for_log(&format!("Connection closed for {addr}: idle for 1 s\n"));
    lab.connect().send("ECHO alive\r\n").finish().read(1000);
}

#[test]
fn a_client_that_does_not_read_is_disconnected_after_the_idle_timeout() {
    let lab = Lab::start_with(LAB, &["--quiet", "--idle-timeout", "1"]);
    let mut not_reading = lab.connect();
    // 120 MB of replies: more than the kernel's buffers can hold.
    not_reading.send(format!("SET v {}\r\n", "x".repeat(60_000))).send("GET v\r\n".repeat(2_000));
    lab.wait_for_log(&format!(
        "Connection closed for {}: idle for 1 s\n",
        not_reading.local_addr()
    ));
    lab.connect().send("ECHO alive\r\n").finish().read(1000);
}

#[test]
fn a_lab_without_free_descriptors_neither_ends_nor_spins() {
    let lab = Lab::start_with(LAB, &["--max-clients", "50"]);
    let pid = lab.pid().to_string();
    let limit_files = |limit: &str| {
        let args = ["--pid", &pid, &format!("--nofile={limit}:1000")];
        let output = run("prlimit", &args);
        assert!(output.status.success(), "{output:?}");
    };
    let errors = || lab.log().matches("Cannot accept a client").count();
    // The reply shows that the lab has set its own limit.
    lab.connect().send("ECHO ready\r\n").read(5);
    limit_files("3");
    // A server that waits in `accept` has already reserved the descriptor of its next client.
    drop(lab.connect());
    let mut waiting = lab.connect();
    waiting.send("ECHO alive\r\n");
    lab.wait_for_log("Cannot accept a client: Too many open files");
    let before = errors();
    assert!(waiting.receives_nothing_for(std::time::Duration::from_millis(200)));
    assert!(errors() - before <= 20, "{}", lab.log());
    limit_files("1000");
    let reply = String::from_utf8(waiting.finish().read(1000)).unwrap();
    assert!(reply.contains("alive"), "{reply}");
}

#[test]
fn when_memory_is_full_writes_get_an_error_and_other_commands_work() {
    let lab = Lab::start_with(LAB, &["--max-memory", "64kb"]);
    let mut client = lab.connect();
    for number in 0..100 {
        client.send(format!("SET key:{number} {}\r\n", "x".repeat(1000)));
    }
    client.send("STRLEN key:0\r\nDEL key:0 key:1\r\nINCR counter\r\n").finish();
    let replies = String::from_utf8(client.read(100_000)).unwrap();
    let stored = replies.matches("OK").count();
    let refused = replies.matches("OOM command not allowed").count();
    assert!((50..=64).contains(&stored), "{replies}");
    assert_eq!(stored + refused, 100, "{replies}");
    assert!(replies.contains("1000") && replies.trim_end().ends_with('1'), "{replies}");
}
