//! Servers that attack the grader (`servers/attacks.py`). None gets a point for its attack, and nothing of it goes on.
//! As root, each attack is made twice: by a user of its own, and by root.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use grade::results::{Graded, Verdict};
use rustix::process::geteuid;

use testkit::wait_until;

use crate::kit::{SERVER, TestKit, stdout};

/// What came of an attack.
struct Attacked {
    output: Output,
    page: String,
    /// What was written; `None` if nothing was.
    graded: Option<Graded>,
    /// Whether the server ran as the tests do.
    as_same_user: bool,
}

/// Lets a server attack the grader, in both ways in which it may run.
fn attack(name: &str) -> Vec<Attacked> {
    let ways: &[&[&str]] = if geteuid().is_root() { &[&[], &["--same-user"]] } else { &[&[]] };
    ways.iter().map(|words| attack_once(name, words)).collect()
}

fn attack_once(name: &str, words: &[&str]) -> Attacked {
    let kit = TestKit::new();
    let path = kit.path("result.json").display().to_string();
    let server = SERVER.replace("server.py", "attacks.py");
    // A word that is only in the command lines of this attack.
    let mark = format!("mark-{}-{name}", kit.path("").display());
    let python = python();
    let command = format!("{python} -S -E {server} {name} lab2 {{port}} {path} {mark}");
    let begun = Instant::now();
    let words = [&["lab2", "--json", &path, "--cmd", &command], words].concat();
    let mut check = kit.command(&words);
    // A command runs where the check runs.
    let output = check.current_dir(kit.path("")).stdin(Stdio::null()).output().unwrap();
    let took = begun.elapsed();
    let page = stdout(&output);
    let as_same_user = words.contains(&"--same-user")
        || !geteuid().is_root()
        || page.contains("The server runs as root");
    // Nobody has waited for the end of the server where the check was killed.
    if output.status.signal().is_some() {
        wait_until("the server ends with the check", || running(&mark).is_empty());
    }
    assert_eq!(running(&mark), BTreeSet::new(), "{name} goes on");
    assert!(took < Duration::from_secs(25), "{name} took {took:?}");
    let graded = serde_json::from_slice(&fs::read(path).unwrap()).ok();
    Attacked { output, page, graded, as_same_user }
}

/// Python itself, which another user may run. What is called `python3` may be a script in a folder of ours.
fn python() -> &'static str {
    let usual = "/usr/bin/python3";
    if Path::new(usual).exists() { usual } else { "python3" }
}

/// The processes that have this word in their command line, but the grader.
fn running(word: &str) -> BTreeSet<i32> {
    let has_word = |process: &procfs::process::Process| {
        let words = process.cmdline().unwrap_or_default();
        words.iter().any(|it| it == word)
    };
    let all = procfs::process::all_processes().unwrap().flatten();
    all.filter(has_word).map(|process| process.pid()).collect()
}

/// No step works, for this reason.
fn assert_fails(name: &str, why: &[&str]) {
    for attacked in attack(name) {
        assert_has_failed(attacked, why);
    }
}

fn assert_has_failed(attacked: Attacked, why: &[&str]) {
    let Attacked { output, page, graded, .. } = attacked;
    let graded = graded.unwrap_or_else(|| panic!("{output:?}"));
    assert_eq!((graded.verdict, graded.points), (Verdict::Failed, 0.0), "{page}");
    assert_eq!(output.status.code(), Some(1));
    let told = graded.steps[0].why.as_ref().unwrap();
    assert!(why.iter().any(|why| told.contains(why)), "{told}\n{page}");
}

/// All steps work: the attack has not changed what came of them.
fn assert_changes_nothing(attacked: &Attacked) {
    let graded = attacked.graded.as_ref().unwrap_or_else(|| panic!("{:?}", attacked.output));
    assert_eq!((graded.verdict, graded.points, graded.of), (Verdict::Passed, 2.0, 2.0));
    assert!(attacked.page.contains("2 of 2 steps work."), "{}", attacked.page);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_give_no_points_for_a_result_on_stdout() {
    assert_fails("prints_a_result", &["the server ended before it listened (exit status: 0)"]);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_server_that_forks_without_end() {
    assert_fails("forks_without_end", &["it had more than 64 processes"]);
}

/// Without a user of its own, nothing bounds such a server where it runs as root.
#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_server_whose_processes_go_away() {
    let attacked = attack_once("forks_away_without_end", &[]);
    assert_has_failed(attacked, &["it had more than 64 processes"]);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_server_that_fills_the_disk() {
    // A slow disk is not full in time.
    assert_fails("fills_the_disk", &["it wrote more than 512 MiB", "the server does not listen"]);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_server_that_eats_memory() {
    // A machine that is very busy does not give it all in time.
    let why = ["it had more than 1024 MiB of memory", "the server does not listen"];
    assert_fails("eats_memory", &why);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_server_that_floods_stdout() {
    assert_fails("floods_stdout", &["it wrote more than 512 MiB"]);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_server_that_ignores_sigterm() {
    attack("ignores_sigterm").iter().for_each(assert_changes_nothing);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_end_a_daemon_that_a_server_leaves() {
    attack("leaves_a_daemon").iter().for_each(assert_changes_nothing);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_write_their_result_over_that_of_a_server() {
    attack("writes_the_result").iter().for_each(assert_changes_nothing);
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_that_are_killed_by_a_server_give_no_points() {
    for attacked in attack("kills_its_parents") {
        if attacked.as_same_user {
            assert_eq!(attacked.output.status.signal(), Some(9), "{:?}", attacked.output);
            assert_eq!(attacked.graded, None);
        } else {
            assert_changes_nothing(&attacked);
        }
    }
}

/// A program in a folder that only root may enter is copied, so that another user can run it.
#[test]
#[ignore = "needs python3"]
fn checks_with_python_run_a_copy_of_a_program_that_others_may_not_read() {
    let kit = TestKit::new();
    let (python, foreign) = (python(), kit.path("of root"));
    let program = format!(
        "#!{python}\nimport os\nprint(f'user {{os.getuid()}}', flush=True)\n\
        open('mine', 'w')\nopen('{}', 'w')\n",
        foreign.display()
    );
    kit.write("closed/server", &program);
    let only_ours = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(kit.path("closed/server"), only_ours(0o700)).unwrap();
    fs::set_permissions(kit.path("closed"), only_ours(0o700)).unwrap();
    let binary = kit.path("closed/server").display().to_string();
    let page = stdout(&kit.check(&["lab2", "--json", "/dev/null", "--binary", &binary]));
    let me = geteuid();
    if me.is_root() && !page.contains("The server runs as root") {
        assert!(!page.contains("user 0\n") && page.contains("PermissionError"), "{page}");
        assert!(!foreign.exists());
    } else {
        assert!(page.contains(&format!("user {}\n", me.as_raw())), "{page}");
    }
    let page = stdout(&kit.check(&["lab2", "--same-user", "--binary", &binary]));
    assert!(page.contains(&format!("user {}\n", me.as_raw())), "{page}");
    assert!(!Path::new("mine").exists(), "a lab runs in a folder of its own");
}
