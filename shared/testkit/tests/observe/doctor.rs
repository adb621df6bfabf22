//! `doctor.sh` says which tools are missing, how to install them and how to work without them. `--fix` installs
//! them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::kit::{Kit, assert_in_order, output_text};

/// Adds a program of ours to the ones that the scripts find first: a script of the shell.
fn add_program(kit: &Kit, name: &str, script: &str) {
    let program = kit.path().join("bin").join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
}

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
    add_program(&kit, "apt-get", "echo \"$@\" >> \"$OBSERVE_KIT/installed\"");
    add_program(&kit, "sudo", "exec \"$@\"");
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

/// A user who may not use sudo gets no command with sudo, whether there is a sudo or not.
#[test]
fn who_may_not_become_root_is_told_what_to_ask_for() {
    for has_sudo in [false, true] {
        let kit = Kit::new().unprivileged().without(&["strace", "tmux", "apt-get"]);
        add_program(&kit, "apt-get", "exit 1");
        if has_sudo {
            add_program(&kit, "sudo", "echo 'Sorry, you may not run sudo.' >&2; exit 1");
        }
        let text = output_text(&kit.run("doctor.sh", &[]));
        assert_in_order(
            &text,
            &["-     strace", "as root: apt-get install strace", "Ask somebody who may:", "tmux"],
        );
        for part in ["sudo apt-get", "sudo is used", "--fix"] {
            assert!(!text.contains(part), "{part:?} in:\n{text}");
        }
        let output = kit.run("doctor.sh", &["--fix"]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert_in_order(
            &output_text(&output),
            &["you may not use sudo", "apt-get install strace", "docker-compose run --rm tools"],
        );
    }
}
