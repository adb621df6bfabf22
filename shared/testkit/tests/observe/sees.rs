//! The scripts show what the student should see, on each lab.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::LABS;
use crate::kit::{Kit, assert_in_order};

/// The request SET name Alice EX 1, as the tools print it.
const SET: &str = r"*5\r\n$3\r\nSET\r\n$4\r\nname\r\n$5\r\nAlice\r\n$2\r\nEX\r\n$1\r\n1\r\n";

#[test]
#[ignore = "needs strace"]
fn strace_shows_when_the_second_client_is_accepted() {
    for (lab, package, many) in LABS {
        let kit = Kit::new();
        let text = kit.watch("trace.sh", (lab, package), &["--scenario", "two-clients"]);
        assert!(text.contains("+ strace -f"), "{text}");
        let (accepted, gone) = ("accepted client B", "client A is gone");
        assert_in_order(&text, &if many { [accepted, gone] } else { [gone, accepted] });
        let log = kit.captures(package).join("two-clients/strace.log");
        assert!(fs::read_to_string(log).unwrap().contains("accept4(3"));
    }
}

#[test]
#[ignore = "needs strace"]
fn strace_shows_its_own_output_with_raw() {
    let kit = Kit::new();
    let lab = ("lab2", "lab2-resp");
    let raw = kit.watch("trace.sh", lab, &["--scenario", "expiry", "--raw"]);
    assert_in_order(
        &raw,
        &["accept4(3<TCP:[127.0.0.1:", "recvfrom(", SET, "sendto(", r"+OK\r\n", r"$-1\r\n"],
    );
    let args = ["--scenario", "expiry", "--attach", "--all-calls"];
    let server = testkit::Lab::start(&kit.program(lab.1));
    let port = server.addr.port().to_string();
    let all = kit.watch("trace.sh", lab, &[&args[..], &["--", "--port", &port]].concat());
    assert!(all.contains("write"), "{all}");
    assert!(fs::read_to_string(kit.captures(lab.1).join("trace.log")).unwrap().contains("write(2"));
}

#[test]
#[ignore = "needs strace"]
fn strace_summary_shows_where_each_lab_waits() {
    for (lab, package, many) in LABS {
        let kit = Kit::new();
        let text =
            kit.watch("trace.sh", (lab, package), &["--scenario", "two-clients", "--summary"]);
        let first = text.lines().skip_while(|line| !line.starts_with("------")).nth(1).unwrap();
        assert!(first.ends_with(if many { "epoll_wait" } else { "recvfrom" }), "{text}");
        assert!(text.contains("+ strace -w -c"), "{text}");
        // The table counts the time by the clock on the wall. This line tells how little of it is CPU time.
        let line = text.lines().find_map(|line| line.trim().strip_prefix("CPU time ")).unwrap();
        let mut words = line.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
        let (cpu, whole) = (words.next().unwrap(), words.next().unwrap());
        assert!(cpu > 0.0 && cpu < whole / 2.0 && whole >= 1.0, "{text}");
        assert!(
            text.lines().all(|line| line.starts_with('+') || line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
#[ignore = "needs strace"]
fn strace_is_asked_for_the_same_calls_live_and_in_a_recording() {
    let kit = Kit::new();
    let lab = ("lab1", "lab1-blocking");
    let calls = |text: &str| {
        let list = text.split_whitespace().find(|word| word.starts_with("'trace=")).unwrap();
        list.to_owned()
    };
    let recorded = calls(&kit.watch("trace.sh", lab, &["--scenario", "expiry"]));
    let live = kit.watch("trace.sh", lab, &["--scenario", "expiry", "--summary"]);
    assert_eq!(calls(&live), recorded);
    // Other processors do not have these two calls.
    assert!(recorded.contains(",?epoll_wait,") && recorded.contains(",?poll,"), "{recorded}");
}

#[test]
#[ignore = "needs strace"]
fn strace_is_not_needed_to_replay_a_recording() {
    for (lab, package, many) in LABS {
        let kit = Kit::new();
        kit.watch("trace.sh", (lab, package), &["--scenario", "two-clients"]);
        let recordings = kit.path().join("labs").join(package);
        fs::create_dir_all(&recordings).unwrap();
        fs::rename(kit.captures(package), recordings.join("recordings")).unwrap();
        let kit = kit.without(&["strace", "tcpdump", "cargo", "ss"]);
        let text = kit.watch("trace.sh", (lab, package), &["--recorded"]);
        let (accepted, gone) = ("accepted client B", "client A is gone");
        assert_in_order(&text, &if many { [accepted, gone] } else { [gone, accepted] });
    }
}

#[test]
fn a_summary_without_strace_shows_where_each_lab_waits() {
    let kit = Kit::new().without(&["strace", "cargo"]);
    for (lab, package, many) in LABS {
        let recordings = kit.path().join("labs").join(package);
        fs::create_dir_all(&recordings).unwrap();
        let from = crate::kit::root().join("labs").join(package).join("recordings");
        let copied = std::process::Command::new("cp").arg("-r").arg(from).arg(recordings).status();
        assert!(copied.unwrap().success());
        let text = kit.watch("trace.sh", (lab, package), &["--recorded", "--summary"]);
        assert!(text.contains("CPU time    not in a recording"), "{text}");
        let first = text.lines().skip_while(|line| !line.starts_with("------")).nth(1).unwrap();
        assert!(first.ends_with(if many { "epoll_wait" } else { "recvfrom" }), "{text}");
        assert!(text.contains("how long in the call"), "{text}");
    }
}

#[test]
fn another_program_with_the_name_lens_is_not_run() {
    let kit = Kit::new();
    let another = kit.path().join("bin/lens");
    fs::write(&another, "#!/bin/sh\necho another lens\n").unwrap();
    fs::set_permissions(&another, fs::Permissions::from_mode(0o755)).unwrap();
    let recordings = kit.path().join("labs/lab1-blocking");
    fs::create_dir_all(&recordings).unwrap();
    let from = crate::kit::root().join("labs/lab1-blocking/recordings");
    let copied = std::process::Command::new("cp").arg("-r").arg(from).arg(recordings).status();
    assert!(copied.unwrap().success());
    let text = kit.watch("trace.sh", ("lab1", "lab1-blocking"), &["--recorded"]);
    assert!(text.contains("accepted client B") && !text.contains("another lens"), "{text}");
}

#[test]
#[ignore = "needs strace"]
fn strace_records_a_lab_with_the_options_that_it_was_given() {
    let kit = Kit::new();
    let lab = ("lab1", "lab1-blocking");
    for scenario in ["expiry", "slow-reader"] {
        let args = ["--scenario", scenario, "--", "--quiet", "--log-file", "own.log"];
        let text = kit.watch("trace.sh", lab, &args);
        assert!(text.contains("--quiet --log-file own.log"), "{text}");
        let log = kit.captures(lab.1).join(scenario).join("server.log");
        assert!(!fs::read_to_string(log).unwrap().contains("Received"));
        assert!(kit.path().join("own.log").exists());
    }
    let text = kit.watch("sockets.sh", lab, &["--scenario", "slow-reader", "--", "--quiet"]);
    assert!(text.contains("is accepted: descriptor"), "{text}");
}

#[test]
#[ignore = "needs ltrace"]
fn ltrace_shows_the_received_bytes_and_the_copies() {
    for (lab, _, many) in LABS {
        let kit = Kit::new();
        let out = kit.path().join("captures");
        // The script builds the lab with special flags, so it runs in the repository.
        let script = crate::kit::root().join("scripts/ltrace.sh");
        let ltrace = |args: &[&str]| {
            let mut in_copy = kit.command("ltrace.sh", &[]);
            let mut command = std::process::Command::new(&script);
            command.args([lab, "--scenario", "expiry", "--out"]).arg(&out).args(args);
            for (name, value) in in_copy.stdin(std::process::Stdio::null()).get_envs() {
                // rustup and cargo are in the home folder of the user.
                if name != "HOME" {
                    value.map(|value| command.env(name, value));
                }
            }
            let output = kit.run_to_its_end(command);
            let text = crate::kit::output_text(&output);
            assert!(output.status.success(), "{text}");
            text
        };
        let text = ltrace(&[]);
        let request = if lab == "lab1" { r#""SET name Alice EX 1\n""# } else { SET };
        let received = format!("recv({}, ", if many { 7 } else { 5 });
        let copies = ["memcpy \"SET\"", "memcpy \"name\"", "memcpy \"Alice\"", "send("];
        assert_in_order(&text, &[&["accept4(3", &received, request], &copies[..]].concat());
        assert!(text.contains("-x accept4@libc.so.6"), "{text}");
        let capture = fs::read_to_string(out.join("ltrace.log")).unwrap();
        assert!(capture.contains("\"Alice\", 5)"));
        // Without the log, only the store copies bytes. The parser copies none.
        let quiet = ltrace(&["--", "--port", "0", "--quiet"]);
        assert!(!quiet.contains("memcpy \"SET\""), "{quiet}");
        assert_in_order(&quiet, &[request, "memcpy \"Alice\"", "send("]);
    }
}

#[test]
#[ignore = "needs tcpdump"]
fn tcpdump_shows_the_handshake_and_the_text_and_the_end() {
    for (lab, package, _) in LABS {
        let kit = Kit::new();
        let text = kit.watch("tcpdump.sh", (lab, package), &["--scenario", "expiry"]);
        let set: &[&str] = if lab == "lab1" {
            &["│ SET name Alice EX 1", "│ OK", "│ GET name", "│ Alice", "│ (nil)"]
        } else {
            &[
                "RESP \"SET\" \"name\" \"Alice\" \"EX\" \"1\"",
                "│ *5",
                "│ $3",
                "│ SET",
                "│ +OK",
                "│ $-1",
            ]
        };
        assert_in_order(
            &text,
            &[&["Flags [S]", "Flags [S.]", "Flags [.]", "Flags [P.]"], set, &["Flags [F.]"]]
                .concat(),
        );
        assert!(
            text.contains("+ tcpdump -i lo -n -A") || text.contains("+ sudo tcpdump"),
            "{text}"
        );
        let packets = fs::read(kit.captures(package).join("packets.pcap")).unwrap();
        assert_eq!(packets[..4], [0xd4, 0xc3, 0xb2, 0xa1]);
    }
}

#[test]
#[ignore = "needs tshark"]
fn tshark_decodes_each_packet_on_any_port() {
    for (lab, package, _) in LABS {
        let kit = Kit::new();
        let text = kit.watch("tshark.sh", (lab, package), &["--scenario", "expiry", "--follow"]);
        let lines: &[&str] = if lab == "lab1" {
            &["lines SET name Alice EX 1 (20 bytes)", "lines OK (3 bytes)", "lines (nil)"]
        } else {
            &[
                "RESP  Request: SET name Alice EX 1",
                "RESP  Response: OK",
                "RESP  Request: GET name",
                "RESP  Response: Alice",
            ]
        };
        assert_in_order(
            &text,
            &[&["[SYN]", "[SYN, ACK]", "[ACK]"], lines, &["[FIN, ACK]", "Follow: tcp,ascii"]]
                .concat(),
        );
        let packets = fs::read(kit.captures(package).join("tshark.pcap")).unwrap();
        assert_eq!(packets[..4], [0xd4, 0xc3, 0xb2, 0xa1], "it is not pcap");
    }
}

#[test]
#[ignore = "needs tshark"]
fn tshark_shows_lines_and_not_resp_for_lab_1_on_6379() {
    let kit = Kit::new();
    let program = kit.program("lab1-blocking");
    let inside = format!(
        "ip link set lo up && exec {}/scripts/tshark.sh lab1 --binary {program} --scenario expiry -- --port 6379",
        kit.path().display()
    );
    let output = kit.command("tshark.sh", &[]);
    let mut alone = std::process::Command::new("unshare");
    alone.args(["--net", "--map-root-user", "--", "sh", "-c", &inside]);
    alone.envs(output.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let text = crate::kit::output_text(&alone.output().unwrap());
    assert!(
        text.contains("listening on 127.0.0.1:6379") && text.contains("lines SET name Alice"),
        "{text}"
    );
}

#[test]
#[ignore = "needs ss"]
fn ss_shows_the_waiting_client() {
    for (lab, package, many) in LABS {
        let kit = Kit::new();
        let text = kit.watch("sockets.sh", (lab, package), &["--scenario", "two-clients"]);
        // On a busy machine, client A too may be seen before it is accepted. The lesson is about client B.
        let (_, after) = text.split_once("B   asks for a connection, from port ").unwrap();
        let port = after.split_whitespace().next().unwrap();
        let waits = format!("client {port} is connected, and waits: nobody has accepted it");
        assert_eq!(text.contains(&waits), !many, "{text}");
        if !many {
            assert!(text.contains("the listening socket: 1 waiting to be accepted"), "{text}");
        }
        assert!(text.contains("is accepted: descriptor"), "{text}");
    }
    let kit = Kit::new();
    let text =
        kit.watch("sockets.sh", ("lab3", "lab3-multiclient"), &["--scenario", "slow-reader"]);
    assert!(text.contains("for it are on their way: it does not read them"), "{text}");
}
