//! An unknown argument or a missing tool: one sentence, a solution, and exit code 2.

use crate::WATCHERS;
use crate::kit::{Kit, assert_fails};

#[test]
fn unknown_arguments_are_refused() {
    let kit = Kit::new();
    for script in WATCHERS.iter().chain(&["panes.sh"]) {
        assert_fails(&kit, &kit.run(script, &[]), &["which lab?", "lab1, lab2, lab3 or lab4"]);
        assert_fails(
            &kit,
            &kit.run(script, &["lab9"]),
            &["there is no lab 'lab9'", "lab1, lab2, lab3 or lab4"],
        );
        assert_fails(
            &kit,
            &kit.run(script, &["lab1", "--frob"]),
            &[&format!("scripts/{script} has no option '--frob'."), "--help"],
        );
        assert_fails(&kit, &kit.run(script, &["lab1", "6400"]), &["'6400' is one word too many"]);
        assert_fails(&kit, &kit.run(script, &["lab1", "--out"]), &["--out wants a word"]);
    }
}

#[test]
fn the_error_for_a_missing_tool_says_how_to_install_it_and_how_to_work_without_it() {
    for (script, tool, package, instead) in [
        ("trace.sh", "strace", "strace", "scripts/trace.sh lab1-blocking --recorded"),
        ("ltrace.sh", "ltrace", "ltrace", "scripts/trace.sh lab1-blocking --recorded"),
        ("tcpdump.sh", "tcpdump", "tcpdump", "scripts/trace.sh lab1-blocking --recorded"),
        ("tshark.sh", "tshark", "tshark", "scripts/trace.sh lab1-blocking --recorded"),
        ("sockets.sh", "ss", "iproute2", "scripts/lens.sh watch lab1-blocking"),
        ("panes.sh", "tmux", "tmux", "open four terminals"),
    ] {
        let kit = Kit::new().without(&[tool]);
        let output = kit.run(script, &["lab1", "--binary", &kit.program("lab1-blocking")]);
        let install = format!("apt-get install {package}");
        assert_fails(
            &kit,
            &output,
            &[&format!("{tool} is not installed"), &install, "scripts/doctor.sh --fix", instead],
        );
    }
}

#[test]
fn without_ss_and_lsof_a_lab_can_say_who_has_the_port() {
    let kit = Kit::new().without(&["ss", "lsof"]);
    let output = kit.run("port.sh", &["6400"]);
    assert_fails(
        &kit,
        &output,
        &["neither ss nor lsof", "cargo run -p lab1-blocking -- --port 6400"],
    );
}
