//! A lab does not start, or no lab is running, or the user has no rights: the scripts say so with exit code 2.
//! They leave no process and no capture.

use std::fs;
use std::process::{Command, Stdio};

use testkit::Lab;

use crate::WATCHERS;
use crate::kit::{Kit, anybody_may_own_a_network, assert_fails, free_port, is_root, output_text};

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn if_a_lab_does_not_start_the_script_says_why() {
    let kit = Kit::new();
    let taken = Lab::start(&kit.program("lab2-resp"));
    let port = taken.addr.port().to_string();
    let program = kit.program("lab1-blocking");
    for script in WATCHERS {
        let args = ["lab1", "--binary", &program, "--", "--port", &port];
        let solution = format!("to free this one:      scripts/port.sh {port}");
        assert_fails(
            &kit,
            &kit.run(script, &args),
            &["did not start", "is taken by lab2-resp", &solution],
        );
        let output = kit.run(script, &["lab1", "--binary", "/bin/false"]);
        assert_fails(&kit, &output, &["lab1-blocking did not start"]);
        let output = kit.run(script, &["lab1", "--binary", "/nowhere"]);
        assert_fails(&kit, &output, &["/nowhere is not a program that you may run"]);
        let output = kit.run(script, &["lab1", "--binary", &program, "--scenario", "nothing"]);
        assert_fails(&kit, &output, &["there is no scenario 'nothing'", "two-clients"]);
    }
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn attaching_needs_a_running_lab() {
    let kit = Kit::new();
    let other = Lab::start(&kit.program("lab2-resp"));
    let pid = other.pid().to_string();
    let port = free_port().to_string();
    let server = Lab::start(&kit.program("lab1-blocking"));
    let server_port = server.addr.port().to_string();
    let mut client = Command::new(kit.program("lab1-blocking"))
        .args(["client", "--port", &server_port])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for script in ["trace.sh", "tcpdump.sh", "tshark.sh", "sockets.sh"] {
        let options = ["lab1", "--attach", &client.id().to_string()];
        let output = kit.run(
            script,
            &[&options[..], &["--once"][..usize::from(script == "sockets.sh")]].concat(),
        );
        assert_fails(&kit, &output, &["does not listen", "is it a client?"]);
        // 4194304 is larger than any process id on Linux.
        let output = kit.run(script, &["lab1", "--attach", "4194304"]);
        assert_fails(&kit, &output, &["there is no process 4194304", "ss -ltnp"]);
        let output = kit.run(script, &["lab1", "--attach", &pid]);
        assert_fails(&kit, &output, &["is lab2-resp, and not lab1-blocking"]);
        let output = kit.run(script, &["lab1", "--attach", "--", "--port", &port]);
        assert_fails(&kit, &output, &["lab1-blocking", "is running"]);
    }
    client.kill().unwrap();
    client.wait().unwrap();
    let output = kit.run("ltrace.sh", &["lab1", "--attach"]);
    assert_fails(
        &kit,
        &output,
        &["ltrace cannot attach", "scripts/trace.sh lab1-blocking --attach"],
    );
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn without_rights_the_script_says_how_to_get_them() {
    if !is_root() {
        return;
    }
    let kit = Kit::new().unprivileged();
    let program = kit.program("lab1-blocking");
    let server = Lab::start(&program);
    let (pid, port) = (server.pid().to_string(), server.addr.port().to_string());
    let attach = kit.run("trace.sh", &["lab1", "--attach", &pid, "--", "--port", &port]);
    assert_fails(
        &kit,
        &attach,
        &[
            "may not attach",
            "sysctl kernel.yama.ptrace_scope=0",
            "scripts/trace.sh lab1-blocking --recorded",
        ],
    );
    let own_network = if anybody_may_own_a_network() {
        "scripts/own-network.sh, in each terminal"
    } else {
        "--recorded"
    };
    for script in ["tcpdump.sh", "tshark.sh"] {
        let output = kit.run(script, &["lab1", "--binary", &program]);
        assert_fails(
            &kit,
            &output,
            &["may not capture packets", "--cap-add=NET_RAW", "--recorded", own_network],
        );
    }
    // Launching a lab under strace needs no rights. Reading the socket tables needs none either.
    let lab = ("lab1", "lab1-blocking");
    let text = kit.watch("trace.sh", lab, &["--scenario", "two-clients"]);
    assert!(text.contains("accepted client B"), "{text}");
    // tcpdump says why in two lines.
    let why = "permission to perform this capture on that device (socket:";
    assert!(text.contains(why), "{text}");
    let text = kit.watch("sockets.sh", lab, &["--scenario", "two-clients"]);
    assert!(text.contains("nobody has accepted it"), "{text}");
    assert!(text.contains("is accepted: descriptor"), "{text}");
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn without_rights_scripted_clients_are_captured_in_a_network_of_their_own() {
    if !is_root() {
        return;
    }
    for (script, sign) in [("tcpdump.sh", "SYN: a client asks"), ("tshark.sh", "[SYN]")] {
        for hidden in [&["sudo"][..], &["sudo", "unshare"]] {
            let kit = Kit::new().unprivileged().without(hidden);
            let program = kit.program("lab1-blocking");
            let output =
                kit.run(script, &["lab1", "--binary", &program, "--scenario", "two-clients"]);
            if hidden.contains(&"unshare") || !anybody_may_own_a_network() {
                assert_fails(&kit, &output, &["may not capture packets", "--recorded"]);
                continue;
            }
            let text = output_text(&output);
            assert_eq!(output.status.code(), Some(0), "{text}");
            for part in ["get a network of their own", sign, "SET name Alice", "The capture is in"]
            {
                assert!(text.contains(part), "{part:?} is missing in:\n{text}");
            }
        }
    }
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn in_a_network_of_ones_own_the_port_is_free_and_everybody_may_capture() {
    let kit = Kit::new().unprivileged();
    let program = kit.program("lab1-blocking");
    let serve = format!(
        "tcpdump -i lo -L; {program} --port 6379 --log-file {}/log &
         until {program} client PING; do sleep 0.1; done; kill $!; wait",
        kit.path().display()
    );
    let output = kit.run("own-network.sh", &["bash", "-c", &serve]);
    if !anybody_may_own_a_network() {
        assert_fails(&kit, &output, &["gives you no network of your own", "--recorded"]);
        return;
    }
    let text = output_text(&output);
    for part in ["EN10MB", "listening on 127.0.0.1:6379", "PONG"] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let kit = Kit::new().unprivileged().without(&["unshare"]);
    assert_fails(&kit, &kit.run("own-network.sh", &["true"]), &["unshare is not installed"]);
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn in_a_network_of_ones_own_ltrace_sees_what_it_sees_elsewhere() {
    if !anybody_may_own_a_network() {
        return;
    }
    let kit = Kit::new().unprivileged();
    let script = kit.path().join("scripts/ltrace.sh").display().to_string();
    let program = kit.program("lab2-resp");
    let words = [&script, "lab2", "--binary", &program, "--scenario", "expiry", "--", "--quiet"];
    let text = output_text(&kit.run("own-network.sh", &words));
    assert!(text.contains("recv(") && text.contains("The capture is in"), "{text}");
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn without_ss_the_script_can_start_the_lab_itself() {
    let kit = Kit::new().without(&["ss"]);
    let output = kit.run("trace.sh", &["lab1", "--attach"]);
    assert_fails(&kit, &output, &["ss is not installed", "leave --attach out"]);
}

#[test]
#[ignore = "needs strace, ltrace, tcpdump, tshark and the right to capture"]
fn if_the_folder_cannot_be_written_the_script_suggests_another_folder() {
    let kit = Kit::new();
    fs::write(kit.path().join("captures"), "in the way").unwrap();
    let args = ["lab1", "--binary", &kit.program("lab1-blocking"), "--", "--port", "0"];
    let output = kit.run("trace.sh", &args);
    assert_fails(
        &kit,
        &output,
        &["you may not write into captures/lab1-blocking", "--out /tmp/captures"],
    );
}
