//! `doctor.sh` says which tools are missing, how to install them and how to work without them. `--fix` installs
//! them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::kit::{Kit, assert_in_order, output_text};

#[test]
fn each_tool_has_a_line_and_a_missing_tool_has_a_solution() {
    let whole = output_text(&Kit::new().run("doctor.sh", &[]));
    let tools = [
        "strace",
        "ltrace",
        "tcpdump",
        "tshark",
        "perf",
        "ss",
        "tmux",
        "redis-cli",
        "redis-server",
        "redis-benchmark",
        "curl",
        "telnet",
        "nc",
        "python3",
    ];
    for tool in tools {
        assert!(
            whole.lines().any(|line| line.split_whitespace().nth(1) == Some(tool)),
            "{tool}:\n{whole}"
        );
    }
    let kit = Kit::new().without(&["strace", "tmux"]);
    let output = kit.run("doctor.sh", &[]);
    let text = output_text(&output);
    assert_in_order(
        &text,
        &[
            "-     strace",
            "apt-get install strace",
            "or else: scripts/trace.sh lab1 --recorded",
            "-     tmux",
            "or else: four terminals",
        ],
    );
}

#[test]
fn without_rust_no_lab_can_run() {
    let output = Kit::new().without(&["cargo"]).run("doctor.sh", &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_in_order(
        &output_text(&output),
        &["NO    Rust", "https://sh.rustup.rs", "no way around it"],
    );
}

#[test]
fn fix_says_what_it_installs_and_installs_only_that() {
    let kit = Kit::new().without(&[
        "apt-get",
        "strace",
        "tmux",
        "redis-server",
        "redis-cli",
        "redis-benchmark",
    ]);
    let bin = kit.path().join("bin");
    for (name, script) in [
        ("apt-get", "#!/bin/sh\necho \"$@\" >> \"$OBSERVE_KIT/installed\"\n"),
        ("sudo", "#!/bin/sh\nexec \"$@\"\n"),
    ] {
        fs::write(bin.join(name), script).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let text = output_text(&kit.run("doctor.sh", &["--fix"]));
    assert!(
        text.lines().any(|line| line.starts_with("Installing: ")
            && line.contains("strace")
            && line.contains("tmux")),
        "{text}"
    );
    let installed = fs::read_to_string(kit.path().join("installed")).unwrap();
    for package in ["strace", "tmux", "redis-server", "redis-tools"] {
        let command = format!("--no-install-recommends {package}\n");
        assert_eq!(installed.matches(&command).count(), 1, "{package}: {installed}");
    }
    assert!(!installed.contains("iproute2"), "{installed}");
}

#[test]
fn fix_without_apt_names_the_packages() {
    let output = Kit::new().without(&["apt-get", "strace"]).run("doctor.sh", &["--fix"]);
    assert_eq!(output.status.code(), Some(2));
    assert_in_order(&output_text(&output), &["there is no apt-get here", "strace"]);
}
