//! From a student's account to an instructor's. This builds, as `tests/own` does: in the folder of the kit's own programs.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::{Command, Output};

use grade::batch::{Batch, Tally};
use grade::class::{Catalog, Class, Names, read};
use grade::own::Kit;
use grade::results::{Graded, StepVerdict, Verdict};
use tempfile::TempDir;

use crate::{LAB, MINE, Student, root, solution};

/// The number of the user who owns nothing.
const NOBODY: u32 = 65534;

/// A kit of another user, in a folder of its own, and a program to use it with.
struct Account(TempDir);

impl Account {
    fn new() -> Self {
        let account = Self(TempDir::new().unwrap());
        for file in ["Cargo.toml", "Cargo.lock", "labs"] {
            let mut copy = Command::new("cp");
            copy.arg("-r").arg(root().join(file)).arg(account.0.path());
            assert!(copy.status().unwrap().success());
        }
        fs::copy(env!("CARGO_BIN_EXE_grade"), account.0.path().join("grade")).unwrap();
        chown(account.0.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        account
    }

    /// `scripts/check.sh WORDS`, as that user.
    fn check(&self, words: &[&str]) -> Output {
        let user = format!("--reuid={NOBODY}");
        let mut command = Command::new("setpriv");
        command.args([&user, "--regid=65534", "--clear-groups"]).arg(self.0.path().join("grade"));
        command.args(words).current_dir(self.0.path()).env("KIT_ROOT", self.0.path());
        command.env("HOME", "/nonexistent").output().unwrap()
    }
}

/// The submission of another user, where we may be another user.
fn from_another_account(folder: &Path) -> bool {
    if !rustix::process::geteuid().is_root() {
        return false;
    }
    let account = Account::new();
    let output = account.check(&["start", "lab2"]);
    assert!(output.status.success(), "{output:?}");
    fs::write(account.0.path().join("work/lab2").join(MINE), solution()).unwrap();
    let output = account.check(&["submit", "lab2", "--name", "Grace Hopper"]);
    assert!(output.status.success(), "{output:?}");
    let file = "lab2-Grace-Hopper.submission.tar.gz";
    assert_eq!(fs::metadata(account.0.path().join(file)).unwrap().uid(), NOBODY);
    fs::copy(account.0.path().join(file), folder.join(file)).unwrap();
    true
}

fn grade(folder: &Path, again: bool) -> (Tally, String) {
    let kit = Kit::new(root());
    let batch = Batch { kit: &kit, lab: None, jobs: 2, again, seed: 7, traces: true };
    let mut out = Vec::new();
    let tally = batch.run(folder, &mut out).unwrap();
    (tally, String::from_utf8(out).unwrap())
}

fn results(folder: &Path) -> BTreeMap<String, Graded> {
    let entries = fs::read_dir(folder.join("results")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let results =
        paths.filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.'));
    results.map(|path| read(&path).unwrap()).collect()
}

/// A folder as an instructor collects it: all is right, as at the start, does not compile, has a mistake, and is no submission.
fn handed_in(student: &Student) {
    student.submit("handed-in/lab2-start.submission.tar.gz");
    student.solve(&solution());
    let answers = r#"{"lab2": {"q": {"choice": "x", "right": false, "misconception": "m"}}}"#;
    student.write("work/answers.json", answers);
    student.submit("handed-in/lab2-ada.submission.tar.gz");
    student.solve(&solution().replace("pub fn encode_reply", "pub fn encode_reply_2"));
    student.submit("handed-in/lab2-bad.submission.tar.gz");
    // A learning platform makes a folder for each student.
    let mistake = solution().replace(r"$-1\r\n", r"$0\r\n\r\n");
    assert_ne!(mistake, solution());
    student.solve(&mistake);
    student.submit("handed-in/Eve_17/lab2-eve.submission.tar.gz");
    student.write("handed-in/notes.txt", "no submission");
    student.write("handed-in/lab2-none.submission.tar.gz", "no archive");
}

#[test]
#[ignore = "needs strace"]
fn submissions_under_strace_are_graded_once_and_by_what_they_do() {
    let student = Student::new();
    let folder = student.path("handed-in");
    handed_in(&student);
    let is_root = from_another_account(&folder);
    let (tally, text) = grade(&folder, false);
    let all = if is_root { 5 } else { 4 };
    let expected = Tally { graded: all, passed: all - 3, refused: 1, ..Tally::default() };
    assert_eq!(tally, expected, "{text}");
    let fits = |line: &str| line.chars().count() <= 80 || line.contains(folder.to_str().unwrap());
    assert!(text.lines().all(fits), "{text}");
    assert_results_are_right(&results(&folder), &text);
    // What has not changed is not judged again.
    let (tally, text) = grade(&folder, false);
    assert_eq!((tally.graded, tally.kept), (all, all), "{text}");
    student.solve("// nothing\n");
    student.submit("handed-in/lab2-ada.submission.tar.gz");
    let (tally, text) = grade(&folder, false);
    assert_eq!((tally.kept, tally.passed), (all - 1, expected.passed - 1), "{text}");
    let class = Class::new(results(&folder).into_iter().collect(), Names::On, &Catalog::default());
    assert_eq!((class.labs[0].lab.as_str(), class.labs[0].rows.len()), (LAB.short, all));
}

fn assert_results_are_right(results: &BTreeMap<String, Graded>, text: &str) {
    let ada = &results["lab2-ada"];
    assert_eq!((ada.verdict, ada.points), (Verdict::Passed, ada.of), "{ada:?}");
    assert_eq!(ada.student.as_deref(), Some("Ada Lovelace"));
    assert_eq!(ada.predictions.as_ref().unwrap().misconceptions, ["m"]);
    let points = |name: &str| (results[name].verdict, results[name].points);
    assert_eq!(points("lab2-start"), (Verdict::Failed, 0.0), "{text}");
    assert_eq!(points("lab2-bad"), (Verdict::Failed, 0.0), "{text}");
    let why = results["lab2-bad"].steps[0].why.as_ref().unwrap();
    assert!(why.contains("it does not compile: ") && why.contains("src/server.rs:"), "{why}");
    let eve = &results["Eve_17-lab2-eve"];
    let step = eve.steps.iter().find(|step| step.name == "no-value").unwrap();
    assert_eq!(step.verdict, StepVerdict::Failed, "{eve:?}");
    assert!(eve.points > 0.0 && eve.points < eve.of, "{eve:?}");
    if let Some(grace) = results.get("lab2-Grace-Hopper") {
        assert_eq!((grace.verdict, grace.points), (Verdict::Passed, ada.of), "{text}");
        // Her kit is not in git, so its commit is not known.
        let other = concat!("was made with version ", env!("CARGO_PKG_VERSION"), " of the kit");
        assert!(text.contains(other) || ada.commit.is_none(), "{text}");
    }
}
