//! `scripts/check.sh` as a student types it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod attacks;
mod hunt;
mod interrupted;
mod kit;
mod results;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use kit::{TestKit, grade, stderr, stdout};

#[test]
fn its_help_names_the_options_that_it_has() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../check.sh");
    let told = Command::new(script).arg("--help").output().unwrap();
    let known = grade().arg("--help").output().unwrap();
    let options = |text: &str| -> BTreeSet<String> {
        let words = text.lines().filter_map(|line| line.split_whitespace().next());
        let words = words.filter(|word| word.starts_with("--")).map(str::to_owned);
        let is_option =
            |word: &String| word.bytes().all(|it| it == b'-' || it.is_ascii_lowercase());
        words.filter(|word| word != "--version" && is_option(word)).collect()
    };
    assert!(!options(&stdout(&told)).is_empty());
    assert_eq!(options(&stdout(&told)), options(&stdout(&known)));
    for verb in ["start", "reset", "merge", "hunt", "solution", "submit", "grade", "class"] {
        assert!(stdout(&told).contains(verb) && stdout(&known).contains(verb), "{verb}");
    }
}

#[test]
fn what_cannot_be_meant_is_answered_with_a_sentence() {
    for (words, expected) in [
        (&["lab9"][..], "there is no lab 'lab9': say lab1"),
        (&["lab4"], "lab4 has no steps: say lab1"),
        (&["start", "lab4"], "do them in a branch of the kit (git switch -c my-lab4)"),
        (&["submit", "lab4"], "judge them with scripts/check.sh lab4"),
        (&["lab2", "--step", "dance"], "lab2 has no step 'dance'. There are: first-reply"),
        (&["lab2"], "there is no work/lab2. To make it: scripts/check.sh start lab2"),
        (&["reset", "lab2"], "there is no work/lab2."),
        (&["hunt", "lab2", "nothing.toml"], "nothing.toml: No such file"),
        (&["hunt", "lab2"], "Usage: scripts/check.sh hunt <LAB> <FILE>"),
    ] {
        let kit = TestKit::new();
        let output = kit.check(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains(expected), "{words:?}: {}", stderr(&output));
    }
}

#[test]
fn each_hint_says_more_than_the_one_before() {
    let kit = TestKit::new();
    for expected in ["Hint 1 of 2:\n  Look.", "Hint 2 of 2:\n  Look twice.", "Hint 2 of 2:"] {
        let text = stdout(&kit.check(&["lab2", "--hint"]));
        assert!(text.starts_with("Step 1: A client gets its first reply\n"), "{text}");
        assert!(text.contains(expected), "{text}");
    }
    kit.write("work/progress.json", r#"{"lab2": {"passed": ["first-reply"], "failing": "two"}}"#);
    let text = stdout(&kit.check(&["lab2", "--hint"]));
    assert!(text.starts_with("Step 2: ") && text.contains("Hint 1 of 1:"), "{text}");
    assert!(text.contains("labs/lab2-resp/README.md#two"), "{text}");
    // The cause that the last check found belongs to the step that failed, and to no other.
    let with_cause = r#"{"lab2": {"passed": [], "failing": "two", "cause": "It sleeps."}}"#;
    kit.write("work/progress.json", with_cause);
    let text = stdout(&kit.check(&["lab2", "--hint"]));
    assert!(
        text.contains("replies\nAt the last check, probably: It sleeps.\nHint 1 of 1:"),
        "{text}"
    );
    let text = stdout(&kit.check(&["lab2", "--step", "1", "--hint"]));
    assert!(text.contains("first reply\nHint 1 of 2:"), "{text}");
}

#[test]
fn the_solution_is_shown_after_the_last_step_or_when_it_is_asked_for_twice() {
    let kit = TestKit::new();
    kit.write("work/lab2/src/protocol.rs", "// mine\n");
    let output = kit.check(&["solution", "lab2"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("0 of 2 steps work. A hint may help more"));
    let output = kit.check(&["solution", "lab2"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.starts_with("The lab of the kit also does what no step asks for:\n- `"), "{text}");
    assert!(
        text.contains("\n\n--- work/lab2/src/protocol.rs\n") && text.contains("-// mine"),
        "{text}"
    );
    fs::remove_file(kit.path("work/progress.json")).unwrap();
    kit.write("work/progress.json", r#"{"lab2": {"passed": ["first-reply", "two"]}}"#);
    assert_eq!(kit.check(&["solution", "lab2"]).status.code(), Some(0));
}

#[test]
fn a_command_that_is_no_server_is_judged_in_words() {
    let kit = TestKit::new();
    for (command, expected) in [
        ("sh -c 'echo I cannot; exit 3'", "the server ended before it listened (exit status: 3)"),
        ("no-such-command {port}", "exit status: 127"),
    ] {
        let output = kit.check(&["lab2", "--cmd", command]);
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("   1  FAILS   A client gets its first reply"), "{text}");
        assert!(text.contains("   2  -       "), "{text}");
        assert!(text.replace("\n              ", " ").contains(expected), "{text}");
        assert!(text.contains("0 of 2 steps work, as it should be at the start"), "{text}");
    }
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_say_what_came_and_what_must_come() {
    let kit = TestKit::new();
    let server = |fault: &str| format!("python3 {} lab2 {{port}} {fault}", kit::SERVER);
    let output = kit.check(&["lab2", "--seed", "1", "--cmd", &server("")]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("2 of 2 steps work."), "{text}");
    let output = kit.check(&["lab2", "--cmd", &server("--fault line_feed_only")]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("   1. A is connected\n   2. A sends         *1\\r\\n$4\\r\\nPING"),
        "{text}"
    );
    assert!(
        text.contains("A must get      +PONG\\r\\n\n      and gets        +PONG\\n\n"),
        "{text}"
    );
    assert!(text.contains("  It said:\n    listening on 127.0.0.1:"), "{text}");
    assert!(text.contains("The reply ends in \\n; it must end in \\r\\n."), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_stop_when_step_after_step_waits_in_vain() {
    let kit = TestKit::new();
    let step = |name: u8, count: u8| {
        format!(
            "[[step]]\nname = '{name}'\ntitle = 'Step {name}'\nread = '#r'\nhints = []\npatience_ms = 200\n\
            only_replies = true\n[[step.client]]\nname = 'A'\nactions = ['connect', \
            {{ pipeline = {{ count = {count}, command = 'PING' }} }}, \
            {{ expect_each = {{ count = {count}, reply = '+PONG' }} }}, 'close']\n\n"
        )
    };
    let steps: String = (1..=7).map(|name| step(name, if name == 1 { 1 } else { 2 })).collect();
    kit.write("labs/lab2-resp/exercise/steps.toml", &steps);
    let server = format!("python3 {} lab2 {{port}} --fault rest_waits_for_next_read", kit::SERVER);
    for (more, rows) in [
        (&[][..], ["ok", "FAILS", "FAILS", "FAILS", "-", "-", "-"]),
        (&["--all"], ["ok", "FAILS", "FAILS", "FAILS", "FAILS", "FAILS", "FAILS"]),
    ] {
        let output = kit.check(&[&["lab2", "--cmd", &server], more].concat());
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for (index, word) in rows.iter().enumerate() {
            let number = index + 1;
            assert!(text.contains(&format!("   {number}  {word:<7} Step {number}\n")), "{text}");
        }
        let text = text.replace("\n  ", " ");
        let why = "Step 5 and the steps after it were not tried: 3 steps in a row waited in vain for a reply";
        assert_eq!(text.contains(why), more.is_empty(), "{text}");
        assert!(text.contains("1 of 7 steps work."), "{text}");
    }
}

#[test]
#[ignore = "needs python3 and strace"]
fn checks_with_python_and_strace_let_calls_fail() {
    let kit = TestKit::new();
    let server = |fault: &str| format!("python3 {} lab2 {{port}} {fault}", kit::SERVER);
    let text = stdout(&kit.check(&["lab2", "--hostile", "--cmd", &server("")]));
    assert!(text.contains("   3  ok      A read that fails ends no other connection"), "{text}");
    assert!(!text.contains("A client gets two replies"), "{text}");
    let output = kit.check(&["lab2", "--hostile", "--cmd", &server("--fault reset_ends_server")]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("  Injected:   recvfrom:error=ECONNRESET:when=1\n"), "{text}");
    // Where the call is never made, there is nothing to judge.
    let steps = std::fs::read_to_string(kit.path("labs/lab2-resp/exercise/steps.toml")).unwrap();
    kit.write("labs/lab2-resp/exercise/steps.toml", &steps.replace("recvfrom:", "preadv2:"));
    let output = kit.check(&["lab2", "--hostile", "--cmd", &server("")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("   3  unknown "), "{}", stdout(&output));
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_start_a_server_again_where_another_program_had_its_port() {
    let kit = TestKit::new();
    let first = kit.path("first").display().to_string();
    let script = format!(
        "if mkdir {first}; then echo '[Errno 98] Address already in use'; exit 1; fi\n\
        exec python3 {} lab2 \"$1\"\n",
        kit::SERVER
    );
    kit.write("server.sh", &script);
    let command = format!("sh {} {{port}}", kit.path("server.sh").display());
    let output = kit.check(&["lab2", "--same-user", "--cmd", &command]);
    assert!(kit.path("first").exists());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}
