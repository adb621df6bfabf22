//! `scripts/profile.sh`, run for real: the lesson must be in the picture.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::{lab, root, said};
use tempfile::TempDir;
use testkit::Lab;

const LABS: [&str; 4] = ["lab1-blocking", "lab2-resp", "lab3-multiclient", "lab4-fair"];

/// Runs the script.
fn profile(words: &[&str], out: &Path) -> Output {
    script(words, out).output().unwrap()
}

fn script(words: &[&str], out: &Path) -> Command {
    let mut command = Command::new(root().join("scripts/profile.sh"));
    let log = out.join("server.log");
    let (own, labs) =
        words.split_at(words.iter().position(|it| *it == "--").unwrap_or(words.len()));
    command
        .args(own)
        .arg("--out")
        .arg(out)
        .args(if labs.is_empty() { &["--"] } else { labs })
        .arg("--log-file")
        .arg(log)
        .env("KIT_LENS", env!("CARGO_BIN_EXE_lens"))
        .stdin(Stdio::null());
    command
}

/// The functions in a picture, which must be valid XML, with what the picture tells of each.
fn functions(svg: &Path) -> Vec<String> {
    let text = fs::read_to_string(svg).unwrap();
    // The picture names the document type of SVG.
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let titles = document.descendants().filter(|node| node.has_tag_name("title"));
    titles.filter_map(|title| title.text().map(str::to_owned)).collect()
}

/// How much of the picture a function fills, in percent: the most that one of its boxes does.
fn share(functions: &[String], name: &str) -> f64 {
    let boxes = functions.iter().filter(|title| title.starts_with(&format!("{name} (")));
    let percent =
        boxes.filter_map(|title| title.rsplit_once(", ")?.1.strip_suffix("%)")?.parse().ok());
    percent.fold(0.0, f64::max)
}

/// Nothing is left under a name that says that it is not whole.
fn assert_nothing_is_unfinished(out: &Path) {
    let files = fs::read_dir(out).into_iter().flatten().flatten().map(|entry| entry.path());
    let unfinished: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|it| it == "part")).collect();
    assert!(unfinished.is_empty(), "{unfinished:?}");
}

#[test]
#[ignore = "needs perf"]
fn profile_perf_shows_our_answer_under_load() {
    perf_shows_our_answer(|package| Some(lab(package)));
}

/// The script builds the labs as it does for a student: with the compiler's merging of functions.
#[test]
#[ignore = "needs perf"]
fn slow_profile_perf_shows_our_answer_in_a_release_build() {
    perf_shows_our_answer(|_| None);
}

fn perf_shows_our_answer(built: fn(&str) -> Option<String>) {
    for package in LABS {
        let out = TempDir::new().unwrap();
        let program = built(package);
        let binary = program.iter().flat_map(|program| ["--binary", program]);
        let words = [package, "--seconds", "2", "--pipeline", "16"].into_iter().chain(binary);
        let words: Vec<&str> = words.collect();
        let output = profile(&words, out.path());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(said(&output).contains("python3 -m http.server"), "{output:?}");
        let functions = functions(&out.path().join("cpu.svg"));
        let answer = format!("{}::server::answer", package.replace('-', "_"));
        assert!(share(&functions, &answer) > 0.0, "no {answer} in {functions:?}");
        assert_nothing_is_unfinished(out.path());
    }
}

#[test]
#[ignore = "needs perf"]
fn profile_perf_finds_nothing_in_a_server_that_waits() {
    let out = TempDir::new().unwrap();
    let lab = Lab::start(&lab("lab1-blocking"));
    // It must be asleep before perf looks.
    testkit::wait_until("the server sleeps", || {
        let stat = fs::read_to_string(format!("/proc/{}/wchan", lab.pid())).unwrap();
        stat.contains("accept")
    });
    let pid = lab.pid().to_string();
    let output = profile(&["lab1", "--pid", &pid, "--idle", "--seconds", "1"], out.path());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).contains("perf took 0 samples"), "{output:?}");
    assert!(said(&output).contains("--wall"), "{output:?}");
    assert!(!out.path().join("cpu.svg").exists());
    assert_nothing_is_unfinished(out.path());
}

#[test]
#[ignore = "needs strace"]
fn profile_wall_shows_where_an_idle_lab_waits() {
    wall_shows_where_an_idle_lab_waits(|package| Some(lab(package)));
}

#[test]
#[ignore = "needs strace"]
fn slow_profile_wall_shows_where_an_idle_lab_waits_in_a_release_build() {
    wall_shows_where_an_idle_lab_waits(|_| None);
}

/// More than all the rest together, in percent.
const MOST: f64 = 50.0;

fn wall_shows_where_an_idle_lab_waits(built: fn(&str) -> Option<String>) {
    for (package, call) in
        LABS.into_iter().zip(["recvfrom", "recvfrom", "epoll_wait", "epoll_wait"])
    {
        let out = TempDir::new().unwrap();
        let program = built(package);
        let binary = program.iter().flat_map(|program| ["--binary", program]);
        let words = [package, "--wall", "--seconds", "6"].into_iter().chain(binary);
        let words: Vec<&str> = words.chain(["--", "--port", "0"]).collect();
        let output = profile(&words, out.path());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let functions = functions(&out.path().join("wall.svg"));
        // On a busy machine, strace makes the start of the program take more than a second.
        assert!(share(&functions, call) > MOST, "{call} in {functions:?}");
        let run = format!("{}::server::run", package.replace('-', "_"));
        assert!(share(&functions, &run) > MOST, "{run} in {functions:?}");
        assert_nothing_is_unfinished(out.path());
    }
}

#[test]
fn profile_says_what_is_wrong_and_how_to_go_on() {
    let out = TempDir::new().unwrap();
    let program = lab("lab1-blocking");
    for (words, sentence) in [
        (vec!["lab9"], "there is no lab 'lab9'"),
        (vec!["lab1", "--pid", "4194304"], "there is no process 4194304"),
        (vec!["lab1", "--pid", "1"], "and not lab1-blocking"),
        (vec!["lab1", "--seconds", "soon"], "--seconds wants a number"),
        (vec!["lab1", "--wall", "--attach"], "Leave --attach out"),
        (vec!["lab1", "--scenario", "many"], "are for scripts/trace.sh"),
    ] {
        let output = profile(&words, out.path());
        assert_eq!(output.status.code(), Some(2), "{words:?}: {output:?}");
        assert!(said(&output).contains(sentence), "{words:?}: {output:?}");
    }
    // Without the tool, and with all that the script itself needs.
    let tools = TempDir::new().unwrap();
    for tool in ["bash", "env", "dirname", "basename", "mktemp", "rm", "sed", "grep", "mkdir"] {
        let found =
            Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        std::os::unix::fs::symlink(found.trim(), tools.path().join(tool)).unwrap();
    }
    for (options, tool) in [(vec![], "perf"), (vec!["--wall"], "strace")] {
        let words = [&["lab1", "--binary", &program], options.as_slice()].concat();
        let output = script(&words, out.path()).env("PATH", tools.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(said(&output).contains(&format!("{tool} is not installed")), "{output:?}");
    }
    assert_nothing_is_unfinished(out.path());
}
