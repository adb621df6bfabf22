//! On a Mac: scripts say at once what needs Linux, recordings can be read, and no script uses what bash 3.2 does not know.
//! The system is Linux here, and only `uname` says something else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::kit::{Kit, assert_fails, output_text, root};

/// These work on a Mac, or say at once what to do.
const ON_A_MAC: [&str; 10] = [
    "bench.sh",
    "check.sh",
    "compare.sh",
    "doctor.sh",
    "lens.sh",
    "lib.sh",
    "lib-observe.sh",
    "port.sh",
    "replay.sh",
    "trace.sh",
];

/// What bash 3.2 or the tools of BSD do not know, and why. Lines behind `needs_linux` may use the tools of Linux.
const UNKNOWN: [(&str, &str); 14] = [
    ("mapfile", "bash 4"),
    ("readarray", "bash 4"),
    ("declare -A", "bash 4"),
    ("local -A", "bash 4"),
    ("&>>", "bash 4"),
    ("wait -n", "bash 4.3"),
    ("@Q}", "bash 4.4"),
    ("[-1]", "bash 4.3"),
    ("exec {", "bash 4.1"),
    ("readlink -f", "macOS 12.3"),
    ("realpath", "macOS 13"),
    ("stat -c", "GNU"),
    ("sort -V", "GNU"),
    ("-printf", "GNU"),
];

fn mac() -> Kit {
    let kit = Kit::new().without(&["strace", "ss", "tcpdump", "perf", "apt-get"]);
    let uname = kit.path().join("bin/uname");
    fs::write(&uname, "#!/bin/sh\necho Darwin\n").unwrap();
    fs::set_permissions(&uname, fs::Permissions::from_mode(0o755)).unwrap();
    kit
}

#[test]
fn on_a_mac_a_script_that_needs_linux_says_so_at_once() {
    let kit = mac();
    for (script, words, instead) in [
        ("trace.sh", &["lab1"][..], "scripts/trace.sh lab1-blocking --recorded"),
        ("sockets.sh", &["lab1"], "scripts/trace.sh lab1-blocking --recorded"),
        ("bench.sh", &[], "cargo run -p lab3-multiclient -- bench"),
        ("compare.sh", &[], "scripts/compare.sh --recorded"),
        ("replay.sh", &["lab1"], "scripts/replay.sh lab1-blocking --recorded"),
    ] {
        let expected = ["this needs Linux", "docker-compose run --rm tools", instead];
        assert_fails(&kit, &kit.run(script, words), &expected);
    }
}

#[test]
fn on_a_mac_recordings_can_be_read() {
    let kit = mac();
    let lab = kit.path().join("labs/lab1-blocking");
    fs::create_dir_all(&lab).unwrap();
    let recordings = root().join("labs/lab1-blocking/recordings");
    let copied = Command::new("cp").arg("-r").arg(recordings).arg(lab).status();
    assert!(copied.unwrap().success());
    let output = kit.run("trace.sh", &["lab1", "--recorded"]);
    assert!(output.status.success() && output_text(&output).contains("client B"), "{output:?}");
    assert_fails(
        &kit,
        &kit.run("trace.sh", &["lab1", "--recorded", "--scenario", "nope"]),
        &["there is no recording of 'nope'", "two-clients "],
    );
}

#[test]
fn on_a_mac_doctor_sends_those_who_want_the_tools_to_the_container() {
    let text = output_text(&mac().run("doctor.sh", &[]));
    assert!(text.contains("macOS") && text.contains("docker-compose run --rm tools"), "{text}");
    assert!(!text.contains("/proc") && !text.contains("--fix installs"), "{text}");
}

#[test]
fn no_script_for_a_mac_uses_what_bash_3_2_does_not_know() {
    for script in ON_A_MAC {
        let text = fs::read_to_string(root().join("scripts").join(script)).unwrap();
        let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
        for line in lines {
            for (unknown, needs) in UNKNOWN {
                assert!(!line.contains(unknown), "{script}: {unknown} needs {needs}: {line}");
            }
        }
    }
}
