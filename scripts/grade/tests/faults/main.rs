//! The grader on servers that make one mistake each (`servers/faults.toml`), and on correct ones.
//!
//! Of each mistake: the page about the step that it breaks is compared with `pages/LAB-NAME.txt`; and (with the long tests)
//! the steps before that one must work. `BLESS=1 cargo test -p grade --test faults -- --ignored` writes the pages anew; then
//! look at them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex};
use std::{fs, thread};

use grade::course::Course;
use grade::judge::Judge;
use grade::sandbox::User;
use grade::server::Start;
use harness::labs;
use serde::Deserialize;
use testkit::root;

mod hunted;
mod order;
mod page;

/// So many servers are judged at the same time: most of the time each of them waits.
const THREADS: usize = 5;
/// A step that cannot be judged is judged so often.
const TRIES: usize = 5;

#[derive(Debug, Deserialize)]
struct File {
    #[serde(rename = "fault")]
    faults: Vec<Fault>,
}

/// A mistake that `server.py` can make.
#[derive(Debug, Deserialize)]
struct Fault {
    lab: String,
    name: String,
    /// The first step that fails.
    #[serde(default)]
    step: String,
    #[serde(default)]
    no_client_sees_it: bool,
}

fn course(lab: &str) -> Course {
    Course::read(&root(), labs::find(lab).unwrap()).unwrap()
}

/// Python itself. What is called `python3` may be a script that looks for it, which takes longer than all else.
fn python() -> &'static str {
    static PYTHON: LazyLock<String> = LazyLock::new(|| {
        let words = ["-c", "import sys; print(sys.executable, end='')"];
        let output = Command::new("python3").args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    });
    &PYTHON
}

/// What starts `server.py`. It is read without what Python looks for on a machine, in half the time.
fn server(lab: &str, more: &str) -> String {
    let server = root().join("scripts/grade/servers/server.py");
    format!("{} -S -E {} {lab} {{port}}{more}", python(), server.display())
}

/// Judges the server with a mistake as the library does, with or without its system calls.
fn judge(fault: &Fault, traces: bool) -> Judge {
    let start = Start::Shell(server(&fault.lab, &format!(" --fault {}", fault.name)));
    let lab = labs::find(&fault.lab).unwrap();
    Judge { lab, start, seed: 7, traces, user: User::Same }
}

/// Runs the grader's program.
fn grade(lab: &str, words: &[&str]) -> Output {
    let mut grader = Command::new(env!("CARGO_BIN_EXE_grade"));
    // The labs write their logs there.
    grader.arg(lab).args(words).env("NO_COLOR", "1").current_dir(env!("CARGO_TARGET_TMPDIR"));
    grader.output().unwrap()
}

/// So many steps have this outcome.
fn count(outcome: &str, output: &Output) -> usize {
    let text = String::from_utf8_lossy(&output.stdout);
    let outcomes = text.lines().filter_map(|line| line.get(6..)?.split(' ').next());
    outcomes.filter(|word| *word == outcome).count()
}

/// Judges a server of a lab with each of its mistakes, and says what is not as it should be.
fn judge_faults_of(lab: &str, judge: impl Fn(&Fault) -> Result<(), String> + Sync) {
    let file = fs::read_to_string(root().join("scripts/grade/servers/faults.toml")).unwrap();
    let mut faults = toml::from_str::<File>(&file).unwrap().faults;
    faults.retain(|fault| fault.lab == lab);
    let (faults, wrong) = (Mutex::new(faults.into_iter()), Mutex::new(String::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let Some(fault) = faults.lock().unwrap().next() else { break };
                    if let Err(why) = judge(&fault) {
                        writeln!(wrong.lock().unwrap(), "{lab} {}: {why}\n", fault.name).unwrap();
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong}");
}

/// The step that must fail, and what the student reads.
fn judge_page(fault: &Fault) -> Result<(), String> {
    let name = format!("{}-{}.txt", fault.lab, fault.name);
    let path = root().join("scripts/grade/tests/faults/pages").join(&name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, page_of(fault)?).unwrap();
        return Ok(());
    }
    let golden = fs::read_to_string(path).unwrap_or_default();
    let mut page = String::new();
    // On a busy machine a server may still be awake when it is looked at, and asleep the next time.
    for _ in 0..TRIES {
        page = page_of(fault).unwrap_or_else(|why| why);
        if page == golden {
            return Ok(());
        }
    }
    Err(format!("{name} differs; now it is\n{page}"))
}

fn page_of(fault: &Fault) -> Result<String, String> {
    let command = server(&fault.lab, &format!(" --fault {}", fault.name));
    let words = ["--seed", "7", "--step", &fault.step, "--cmd", &command];
    let tries = (0..TRIES).map(|_| grade(&fault.lab, &words));
    let mut known = tries.into_iter().filter(|output| count("unknown", output) == 0);
    let output = known.next().ok_or("it cannot be judged")?;
    if output.status.code() != Some(1) {
        return Err(format!("the step {} does not fail: {output:?}", fault.step));
    }
    Ok(page::steady(&String::from_utf8(output.stdout).unwrap()))
}

#[test]
#[ignore = "needs python3 and strace"]
fn faults_of_lab1_are_explained() {
    judge_faults_of("lab1", judge_page);
}

#[test]
#[ignore = "needs python3 and strace"]
fn faults_of_lab2_are_explained() {
    judge_faults_of("lab2", judge_page);
}

#[test]
#[ignore = "needs python3 and strace"]
fn faults_of_lab3_are_explained() {
    judge_faults_of("lab3", judge_page);
}

#[test]
#[ignore = "needs python3 and strace"]
fn faults_of_lab4_are_explained() {
    judge_faults_of("lab4", judge_page);
}

/// All steps work, or one cannot be judged on this machine now.
fn assert_passes(lab: &str, words: &[&str]) {
    let output = grade(lab, words);
    let text = String::from_utf8_lossy(&output.stdout);
    let (passed, unknown) = (count("ok", &output), count("unknown", &output));
    let steps = course(lab).steps.into_iter().filter(|step| step.inject.is_none());
    let traced = course(lab).steps.into_iter().filter(|step| !step.rules.is_empty()).count();
    assert_eq!(passed + unknown, steps.count(), "{text}{output:?}");
    // Only the steps whose system calls are judged can be unknown.
    assert!(unknown <= traced, "{text}");
}

/// The program of a lab of the kit.
fn program(package: &str) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--locked", "--package", package]).current_dir(root());
    assert!(cargo.status().unwrap().success());
    let grader = Path::new(env!("CARGO_BIN_EXE_grade"));
    grader.with_file_name(package).display().to_string()
}

#[test]
#[ignore = "needs python3 and strace"]
fn the_correct_server_passes_lab1() {
    assert_passes("lab1", &["--binary", &program("lab1-blocking")]);
    assert_passes("lab1", &["--cmd", &server("lab1", "")]);
}

#[test]
#[ignore = "needs python3 and strace"]
fn the_correct_server_passes_lab2() {
    assert_passes("lab2", &["--binary", &program("lab2-resp")]);
    assert_passes("lab2", &["--cmd", &server("lab2", "")]);
}

#[test]
#[ignore = "needs python3 and strace"]
fn the_correct_server_passes_lab3() {
    assert_passes("lab3", &["--binary", &program("lab3-multiclient")]);
    assert_passes("lab3", &["--cmd", &server("lab3", "")]);
}

#[test]
#[ignore = "needs python3 and strace"]
fn the_correct_server_passes_all_tasks_of_lab4() {
    assert_passes("lab4", &["--cmd", &server("lab4", "")]);
}

/// The lab of the kit does all that lab 3 does, and none of the tasks; that is no failure.
#[test]
#[ignore = "needs python3 and strace"]
fn the_correct_server_passes_lab4_and_has_begun_no_task() {
    let output = grade("lab4", &["--binary", &program("lab4-fair"), "--json", "-"]);
    let graded: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(output.status.code(), Some(1), "{graded}");
    let lab4 = course("lab4");
    let steps = graded["steps"].as_array().unwrap();
    assert_eq!(steps.len(), lab4.usual().count());
    for (step, judged) in lab4.usual().zip(steps) {
        let (verdict, of) = (judged["verdict"].as_str().unwrap(), judged["of"].as_f64().unwrap());
        let is_right = match &step.task {
            Some(_) => verdict == "not begun" && of == 0.0,
            None => ["passed", "unknown"].contains(&verdict) && of > 0.0,
        };
        assert!(is_right, "{}: {judged}", step.name);
    }
}

#[test]
#[ignore = "needs redis-server 7.0"]
fn every_reply_is_that_of_redis_in_the_tasks_of_lab4() {
    let redis = "redis-server --port {port} --save '' --appendonly no";
    for task in ["getdel", "setrange", "list"] {
        let output = grade("lab4", &["--same-user", "--step", task, "--cmd", redis]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}
