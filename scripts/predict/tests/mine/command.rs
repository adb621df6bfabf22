//! `scripts/check.sh questions` as a student types it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn questions(words: &[&str], input: &str, change: impl Fn(&mut Command)) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_predict"));
    command.arg("questions").args(words).env("NO_COLOR", "1").env_remove("KIT_ROOT");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    change(&mut command);
    let mut child = command.spawn().unwrap();
    // Whoever is told a sentence and ends reads no input.
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn assert_says(output: &Output, expected: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(expected), "{said}");
}

#[test]
fn without_strace_a_sentence_says_so() {
    let empty = TempDir::new().unwrap();
    let output = questions(&["lab1", "--kit"], "", |command| {
        command.env("PATH", empty.path());
    });
    assert_says(&output, "these questions need strace");
}

#[test]
fn a_lab_without_an_exercise_has_no_questions() {
    assert_says(&questions(&["lab4"], "", |_| ()), "say lab1, lab2 or lab3");
    assert_says(&questions(&["lab9"], "", |_| ()), "there is no lab 'lab9'");
}

#[test]
#[ignore = "needs strace"]
fn questions_about_a_lab_that_is_not_started_say_how_to_start() {
    let empty = TempDir::new().unwrap();
    let exercise = "labs/lab1-blocking/exercise";
    std::fs::create_dir_all(empty.path().join(exercise)).unwrap();
    let [from, to] = [testkit::root(), empty.path().to_owned()]
        .map(|kit| kit.join(exercise).join("exercise.toml"));
    std::fs::copy(from, to).unwrap();
    let output = questions(&["lab1"], "", |command| {
        command.env("KIT_ROOT", empty.path());
    });
    assert_says(&output, "there is no work/lab1. To make it: scripts/check.sh start lab1");
}

#[test]
#[ignore = "needs strace"]
fn questions_about_the_lab_of_the_kit_are_asked_and_no_answer_is_kept() {
    let answers = testkit::root().join("work/answers.json");
    let before = std::fs::read(&answers).ok();
    let output = questions(&["lab1", "--kit"], "1\n1\n1\n1\n1\n", |_| ());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        text.contains("Question 5 of 5") && text.contains(" of 5 answers were right."),
        "{text}"
    );
    assert!(text.contains("Right. It is 1: server.rs:"), "{text}");
    assert_eq!(std::fs::read(&answers).ok(), before);
}
