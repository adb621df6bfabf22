//! `scripts/check.sh predict` as a student types it. The recordings of the kit decide.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use harness::misconceptions::Misconceptions;
use predict::run;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Terminal, root};

use crate::all;

/// A kit with the labs of this one, and a folder `work` of its own.
struct TestKit(TempDir);

impl TestKit {
    fn new() -> Self {
        let kit = Self(TempDir::new().unwrap());
        std::os::unix::fs::symlink(root().join("labs"), kit.0.path().join("labs")).unwrap();
        kit
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_predict"));
        command.arg("predict").args(words).env("KIT_ROOT", self.0.path()).env("NO_COLOR", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Types this, and then Ctrl-D.
    fn types(&self, words: &[&str], typed: &str) -> Output {
        let mut asking = self.command(words).spawn().unwrap();
        // It may end before it has read all.
        _ = asking.stdin.take().unwrap().write_all(typed.as_bytes());
        asking.wait_with_output().unwrap()
    }

    fn answers(&self) -> Value {
        let file = self.0.path().join("work/answers.json");
        fs::read(file).map_or(json!({}), |text| serde_json::from_slice(&text).unwrap())
    }

    fn write_answers(&self, answers: &Value) {
        fs::create_dir_all(self.0.path().join("work")).unwrap();
        fs::write(self.0.path().join("work/answers.json"), answers.to_string()).unwrap();
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Without the breaks of lines that fit a terminal.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_wrong_answer_is_marked_wrong_with_its_misconception_and_each_right_one_right() {
    let misconceptions = Misconceptions::read(&root()).unwrap();
    for (lab, predictions) in all() {
        for prediction in predictions {
            let name = prediction.question.name.as_str();
            let run = run::of_the_kit(&root(), lab, &prediction.scenario).unwrap();
            let key = prediction.key(&run.recorded).unwrap();
            for (letter, choice) in ('a'..).zip(&prediction.question.choices) {
                let kit = TestKit::new();
                let output = kit.types(&[lab.short, name, "--recorded"], &format!("{letter}\n"));
                let (text, which) = (stdout(&output), format!("{} {name} {letter}", lab.short));
                assert_eq!(output.status.code(), Some(0), "{which}: {output:?}");
                assert!(text.lines().all(|line| line.chars().count() <= 80), "{which}: {text}");
                let answer = &kit.answers()[lab.short][name];
                if choice.is == key.is {
                    assert!(text.contains("\nRight.\n") && !text.contains("Wrong:"), "{text}");
                    assert_eq!(*answer, json!({ "choice": choice.is, "right": true }), "{which}");
                    continue;
                }
                assert!(!text.contains("\nRight.\n"), "{which}: {text}");
                let text = unwrapped(&text);
                let because = unwrapped(choice.because.as_ref().unwrap());
                assert!(text.contains(&format!("Wrong: {because}")), "{which}: {text}");
                let belief = choice.misconception.as_ref().unwrap();
                let says = &misconceptions.find(belief).unwrap().says;
                assert!(text.contains(&format!("Not true: \"{says}\"")), "{which}: {text}");
                let wrong = json!({ "choice": choice.is, "right": false, "misconception": belief });
                assert_eq!(*answer, wrong, "{which}");
            }
        }
    }
}

#[test]
fn what_is_no_choice_is_asked_again_and_what_decides_is_quoted() {
    let kit = TestKit::new();
    let output = kit.types(&["lab1", "second-client", "--recorded"], "z\n\x1b[2J\ncc\n C \n");
    let text = stdout(&output);
    assert_eq!(text.matches("That is no choice. Type one letter, a to d").count(), 3, "{text}");
    assert!(!text.contains('\x1b'), "{text:?}");
    assert!(text.contains("Locked: c.") && text.contains("\nRight.\n"), "{text}");
    assert!(text.contains("client B    has its answer after 801 ms: Alice"), "{text}");
    assert!(text.contains("Read: labs/lab1-blocking/README.md#be-the-second-client"), "{text}");
}

#[test]
fn a_question_can_be_left_out_and_the_end_loses_nothing() {
    let kit = TestKit::new();
    // Two questions of one run: the first is answered, the second left out; then the end.
    let output = kit.types(&["lab1", "--recorded"], "b\n\n");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("One run decides the next 2 questions."), "{text}");
    assert!(text.contains("13 questions are left: scripts/check.sh predict lab1"), "{text}");
    assert_eq!(
        kit.answers(),
        json!({ "lab1": { "expiry": { "choice": "bytes", "right": true } } })
    );
    let output = kit.types(&["lab1", "--list"], "");
    let list = stdout(&output);
    assert!(list.contains("   1  right     expiry"), "{list}");
    assert!(list.contains("   2            clock"), "{list}");
    // What is answered is not asked any more.
    let text = stdout(&kit.types(&["lab1", "--recorded"], ""));
    assert!(text.starts_with("Question 2 of 14: clock\n"), "{text}");
}

#[test]
fn the_first_answer_stands() {
    let kit = TestKit::new();
    kit.types(&["lab1", "second-client", "--recorded"], "a\n");
    let first = kit.answers();
    let output = kit.types(&["lab1", "3", "--recorded"], "c\n");
    let text = stdout(&output);
    assert!(text.contains("You have answered this question: a, wrong."), "{text}");
    let text = stdout(&kit.types(&["lab1", "3", "--recorded", "--again"], "c\n"));
    assert!(text.contains("Your first answer stands") && text.contains("\nRight.\n"), "{text}");
    assert_eq!(kit.answers(), first);
}

#[test]
fn an_answer_that_no_run_has_decided_is_decided_without_asking_again() {
    let kit = TestKit::new();
    // As if somebody had pressed Ctrl-C in the middle of the run.
    let others = json!({ "x": { "choice": "1", "right": true, "note": "kept" } });
    kit.write_answers(&json!({ "lab1": { "expiry": { "choice": "timer" } }, "lab9": others }));
    let output = kit.types(&["lab1", "expiry", "--recorded"], "");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("You have answered this before the run"), "{text}");
    assert!(text.contains("Wrong: the server slept in recvfrom"), "{text}");
    assert_eq!(kit.answers()["lab1"]["expiry"]["right"], false);
    assert_eq!(kit.answers()["lab9"], others);
}

#[test]
#[ignore = "needs tmux"]
fn in_a_terminal_a_mark_can_be_read_before_more_comes() {
    let kit = TestKit::new();
    let command = format!(
        "KIT_ROOT={} {} predict lab1 --recorded",
        kit.0.path().display(),
        env!("CARGO_BIN_EXE_predict")
    );
    let terminal = Terminal::run(&command);
    terminal.wait_for("Question 1 of 14: expiry");
    for key in ["b", "Enter"] {
        terminal.type_key(key);
    }
    terminal.wait_for("Question 2 of 14: clock");
    for key in ["a", "Enter"] {
        terminal.type_key(key);
    }
    let shown = terminal.wait_for("Enter goes on.");
    assert!(shown.contains("Right.") && !shown.contains("Wrong:"), "{shown}");
    terminal.type_key("Enter");
    let shown = terminal.wait_for("Wrong:");
    assert!(!shown.contains("Question 3"), "{shown}");
    terminal.type_key("C-d");
    let shown = terminal.expect_end(1);
    assert!(shown.contains("1 of 2 answers are right."), "{shown}");
}

#[test]
fn without_strace_the_recording_decides_and_this_is_said() {
    let kit = TestKit::new();
    let mut command = kit.command(&["lab2", "pieces-read"]);
    let mut asking = command.env("PATH", kit.0.path()).spawn().unwrap();
    asking.stdin.take().unwrap().write_all(b"a\n").unwrap();
    let output = asking.wait_with_output().unwrap();
    let text = unwrapped(&stdout(&output));
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("This run cannot be traced: strace is not installed"), "{text}");
    assert!(text.contains("The recording of the kit decides."), "{text}");
    assert!(text.contains("Wrong: TCP keeps the order of bytes"), "{text}");
}

#[test]
fn what_cannot_be_meant_is_answered_with_a_sentence() {
    for (words, answers, expected) in [
        (&["lab9"][..], json!({}), "there is no lab 'lab9': say lab1"),
        (
            &["lab1", "dance"],
            json!({}),
            "lab1 has no question 'dance'. To see them: scripts/check.sh",
        ),
        (&["lab1", "0"], json!({}), "lab1 has no question '0'"),
        (&["lab1", "99"], json!({}), "lab1 has no question '99'"),
        (&["lab1"], json!([]), "holds no answers, so none can be added"),
    ] {
        let kit = TestKit::new();
        kit.write_answers(&answers);
        let output = kit.types(words, "a\n");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {text}");
        assert!(text.contains(expected), "{words:?}: {text}");
        assert_eq!(kit.answers(), answers, "{words:?}");
    }
}
