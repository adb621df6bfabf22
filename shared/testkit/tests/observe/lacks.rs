//! A word that means nothing, a tool that is not there: one sentence, the way out, and exit code 2.

use crate::WATCHERS;
use crate::kit::{Kit, assert_fails, said};

#[test]
fn help_tells_what_a_script_is_for() {
    let kit = Kit::new();
    for script in WATCHERS.iter().chain(&["panes.sh", "doctor.sh"]) {
        for word in ["-h", "--help"] {
            let output = kit.run(script, &[word]);
            let text = said(&output);
            assert_eq!(output.status.code(), Some(0), "{text}");
            for part in ["USAGE", "REQUIREMENTS", "OVERHEADS", "EXAMPLES"] {
                assert!(text.contains(part), "{script} does not tell {part}:\n{text}");
            }
        }
    }
}

#[test]
fn words_that_mean_nothing_are_refused() {
    let kit = Kit::new();
    for script in WATCHERS.iter().chain(&["panes.sh"]) {
        assert_fails(&kit, &kit.run(script, &[]), &["which lab?", "lab1, lab2 or lab3"]);
        assert_fails(
            &kit,
            &kit.run(script, &["lab9"]),
            &["there is no lab 'lab9'", "lab1, lab2 or lab3"],
        );
        assert_fails(
            &kit,
            &kit.run(script, &["lab1", "--frob"]),
            &["'--frob' is nothing", "--help"],
        );
        assert_fails(&kit, &kit.run(script, &["lab1", "6400"]), &["'6400' is one word too many"]);
        assert_fails(&kit, &kit.run(script, &["lab1", "--out"]), &["--out wants a word"]);
    }
}

#[test]
fn a_missing_tool_is_named_with_what_installs_it_and_what_to_do_without() {
    for (script, tool, package, instead) in [
        ("trace.sh", "strace", "strace", "scripts/trace.sh lab1-blocking --replay"),
        ("ltrace.sh", "ltrace", "ltrace", "scripts/trace.sh lab1-blocking --replay"),
        ("tcpdump.sh", "tcpdump", "tcpdump", "scripts/trace.sh lab1-blocking --replay"),
        ("tshark.sh", "tshark", "tshark", "scripts/trace.sh lab1-blocking --replay"),
        ("sockets.sh", "ss", "iproute2", "/proc/net/tcp"),
        ("panes.sh", "tmux", "tmux", "open four terminals"),
    ] {
        let kit = Kit::new().without(&[tool]);
        let output = kit.run(script, &["lab1", "--binary", &kit.program("lab1-blocking")]);
        let mend = format!("apt-get install {package}");
        assert_fails(
            &kit,
            &output,
            &[&format!("{tool} is not installed"), &mend, "scripts/doctor.sh --fix", instead],
        );
    }
}
