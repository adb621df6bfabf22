//! The course itself: each exercise can be started, says what is missing, and is solved by its lab.
//!
//! All builds share the folder of the kit's own programs, and each lab is at the same place in each run, so that little is built
//! twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use grade::own::{self, Exercise, Kit};
use harness::labs::{LABS, Lab};
use testkit::wait_until;

use crate::root;

/// The labs that have an exercise.
const EXERCISES: [Lab; 3] = [LABS[0], LABS[1], LABS[2]];

#[test]
fn every_function_is_there_once_and_has_a_sentence_three_hints_and_an_anchor() {
    let kit = Kit::new(root());
    for lab in EXERCISES {
        let exercise = Exercise::read(&kit, lab).unwrap();
        for file in exercise.files() {
            let source = fs::read_to_string(kit.lab(lab).join(file)).unwrap();
            exercise.derive(file, &source).unwrap();
        }
        for function in &exercise.functions {
            let own::Function { name, must, hints, anchor, .. } = function;
            assert!(must.ends_with('.') && hints.len() == 3, "{name}: {must} {hints:?}");
            assert!(anchor.starts_with('#'), "{name}: {anchor}");
            assert!(function.stub.contains("written yet"), "{name}: {}", function.stub);
        }
    }
}

#[test]
fn lab_1_is_started_and_solved() {
    start_and_solve(LABS[0], 75);
}

#[test]
fn lab_2_is_started_and_solved() {
    start_and_solve(LABS[1], 140);
}

#[test]
fn lab_3_is_started_and_solved() {
    start_and_solve(LABS[2], 100);
}

/// The start builds without a warning, says what is missing, and fails its tests. With the files of the lab it passes. The student
/// writes about so many lines.
fn start_and_solve(lab: Lab, lines: usize) {
    let _alone = alone(lab);
    let course = Course::start(lab, "work");
    let solution = own::solution(&course.kit, lab).unwrap();
    let missing = |line: &&str| line.starts_with('+') && !line.starts_with("+++");
    let count = solution.lines().filter(missing).count();
    assert!(count.abs_diff(lines) <= 15, "the student writes {count} lines");
    let formatted = course.cargo(&["fmt", "--check"], &[]);
    assert!(formatted.status.success(), "{}", said(&formatted));
    assert_eq!(course.warnings(), "");
    let tested =
        course.cargo(&["test", "--offline", "--no-fail-fast"], &["--", "--test-threads=8"]);
    let text = said(&tested);
    assert!(!tested.status.success() && text.contains("not written yet"), "{text}");
    assert!(text.contains("test result: FAILED. 0 passed"), "{text}");
    course.assert_says_what_is_missing();

    course.solve();
    assert_eq!(course.warnings(), "");
    let tested = course.cargo(&["test", "--offline"], &[]);
    assert!(tested.status.success(), "{}", said(&tested));
    let server = testkit::Lab::start(&course.program());
    let pong = if lab.short == "lab1" { "PONG\n" } else { "+PONG\r\n" };
    server.connect().ask("PING\r\n", pong);
    assert_eq!(own::solution(&course.kit, lab).unwrap(), "");
}

#[test]
#[ignore = "long"]
fn slow_each_function_of_lab_1_makes_another_test_pass() {
    write_function_by_function(LABS[0]);
}

#[test]
#[ignore = "long"]
fn slow_each_function_of_lab_2_makes_another_test_pass() {
    write_function_by_function(LABS[1]);
}

#[test]
#[ignore = "long"]
fn slow_each_function_of_lab_3_makes_another_test_pass() {
    write_function_by_function(LABS[2]);
}

/// A student who writes the functions in the order of the exercise sees after each of them that one more test passes, and is
/// told which functions are left.
fn write_function_by_function(lab: Lab) {
    let _alone = alone(lab);
    let course = Course::start(lab, "work");
    let all = Exercise::read(&course.kit, lab).unwrap();
    let mut passed = 0;
    for written in 0..=all.functions.len() {
        let left = Exercise { functions: all.functions[written..].to_vec(), ..all.clone() };
        // Helpers are written with the first function.
        let left =
            Exercise { remove: if written == 0 { all.remove.clone() } else { vec![] }, ..left };
        for file in all.files() {
            let source = fs::read_to_string(course.kit.lab(lab).join(file)).unwrap();
            fs::write(course.kit.own(lab).join(file), left.derive(file, &source).unwrap()).unwrap();
        }
        let names = |functions: &[&own::Function]| -> Vec<String> {
            functions.iter().map(|function| function.name.clone()).collect()
        };
        let unwritten = all.unwritten(&course.kit.own(lab)).unwrap();
        assert_eq!(names(&unwritten), names(&left.functions.iter().collect::<Vec<_>>()));
        let tested = said(&course.cargo(&["test", "--offline", "--no-fail-fast"], &[]));
        let count = tested.lines().filter(|line| line.ends_with(" ... ok")).count();
        assert!(written == 0 || count > passed, "{written} functions are written:\n{tested}");
        passed = count;
    }
}

/// Cargo takes two packages for one that have the same name, version and place in their workspaces. It would run here what it has
/// built there.
#[test]
fn an_own_lab_in_another_place_is_built_for_itself() {
    let _alone = alone(LABS[0]);
    let solved = Course::start(LABS[0], "first");
    solved.solve();
    let pong = |program: &str| testkit::Lab::start(program).connect().send("PING\n").read(5);
    assert_eq!(pong(&solved.program()), b"PONG\n");
    Course::start(LABS[0], "second").assert_says_what_is_missing();
    assert_eq!(pong(&solved.program()), b"PONG\n");
}

/// Waits until no other test builds this lab: the programs have one name, and so one place.
fn alone(lab: Lab) -> MutexGuard<'static, ()> {
    static BUILDS: [Mutex<()>; 3] = [const { Mutex::new(()) }; 3];
    let number = EXERCISES.iter().position(|exercise| *exercise == lab).unwrap();
    BUILDS[number].lock().unwrap_or_else(PoisonError::into_inner)
}

/// An own lab, made from the kit as it is.
struct Course {
    kit: Kit,
    lab: Lab,
}

impl Course {
    fn start(lab: Lab, place: &str) -> Self {
        let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own").join(place);
        let kit = Kit { root: root(), work };
        _ = fs::remove_dir_all(kit.own(lab));
        own::start(&kit, lab).unwrap();
        Self { kit, lab }
    }

    fn manifest(&self) -> PathBuf {
        self.kit.own(self.lab).join("Cargo.toml")
    }

    /// Runs cargo on it in the top folder of the kit.
    fn cargo(&self, before: &[&str], after: &[&str]) -> Output {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args(before).arg("--manifest-path").arg(self.manifest());
        if before[0] != "fmt" {
            cargo.args(["--target-dir", "target"]);
        }
        cargo.args(after).output().unwrap()
    }

    /// Builds it, and returns what the compiler warns of.
    fn warnings(&self) -> String {
        let mut warnings = String::new();
        let output = self.cargo(&["build", "--offline", "--message-format=json"], &[]);
        assert!(output.status.success(), "{}", said(&output));
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let message: serde_json::Value = serde_json::from_str(line).unwrap();
            let is_ours = message["manifest_path"].as_str() == self.manifest().to_str();
            if is_ours && message["reason"] == "compiler-message" {
                warnings += message["message"]["rendered"].as_str().unwrap();
            }
        }
        warnings
    }

    fn program(&self) -> String {
        own::build(&self.kit, self.lab).unwrap().to_str().unwrap().to_owned()
    }

    /// The start runs, answers nobody, says so, and sleeps.
    fn assert_says_what_is_missing(&self) {
        let mut server = testkit::Lab::start(&self.program());
        let name = format!("my-{} listening on ", self.lab.short);
        assert!(server.ready_line.starts_with(&name), "{}", server.ready_line);
        let mut client = server.connect();
        client.send("PING\r\n");
        server.wait_for_log("written yet");
        if self.lab.short == "lab2" {
            client.expect_closed();
        } else {
            assert!(client.receives_nothing_for(Duration::from_millis(50)));
        }
        let stat = || fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
        wait_until("the server sleeps", || stat().contains(") S "));
        assert!(server.is_running());
    }

    /// Replaces the student's files by those of the lab.
    fn solve(&self) {
        for file in Exercise::read(&self.kit, self.lab).unwrap().files() {
            fs::copy(self.kit.lab(self.lab).join(file), self.kit.own(self.lab).join(file)).unwrap();
        }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}
