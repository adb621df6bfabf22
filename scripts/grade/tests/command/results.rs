//! What a check writes for a machine: the page, the JSON, JUnit XML and `result.json` agree with each other.

use std::fs;

use grade::results::{Graded, StepVerdict, Verdict};
use roxmltree::Document;
use serde_json::Value;

use crate::kit::{SERVER, TestKit, stderr, stdout};

/// What a check has said, in each form.
struct Told {
    code: Option<i32>,
    page: String,
    graded: Graded,
    junit: String,
    result: Value,
}

/// Checks lab 2 of a test kit, and writes all forms.
fn check(kit: &TestKit, words: &[&str]) -> Told {
    let path = |name: &str| kit.path(name).display().to_string();
    let [json, junit, result] = ["a.json", "a.xml", "result.json"].map(path);
    let files = ["--json", &json, "--junit", &junit, "--result", &result];
    let output = kit.check(&[&["lab2"][..], words, &files].concat());
    let read = |path: &str| fs::read_to_string(path).unwrap();
    Told {
        code: output.status.code(),
        page: stdout(&output),
        graded: serde_json::from_str(&read(&json)).unwrap_or_else(|_| panic!("{output:?}")),
        junit: read(&junit),
        result: serde_json::from_str(&read(&result)).unwrap(),
    }
}

/// The word on the page for each step.
fn words_of(page: &str) -> Vec<StepVerdict> {
    let words = page.lines().filter_map(|line| match line.get(6..14)?.trim_end() {
        "ok" => Some(StepVerdict::Passed),
        "FAILS" => Some(StepVerdict::Failed),
        "unknown" => Some(StepVerdict::Unknown),
        "skipped" => Some(StepVerdict::Skipped),
        "-" => Some(StepVerdict::NotTried),
        _ => None,
    });
    words.collect()
}

/// All forms say the same of a check.
fn assert_agree(told: &Told) {
    let Told { code, page, graded, junit, result } = told;
    let verdicts: Vec<StepVerdict> = graded.steps.iter().map(|step| step.verdict).collect();
    assert_eq!(words_of(page), verdicts, "{page}");
    let expected = match graded.verdict {
        Verdict::Passed => 0,
        Verdict::Failed => 1,
        Verdict::Unknown => 2,
    };
    assert_eq!(*code, Some(expected), "{page}");
    assert_junit(junit, graded);
    assert_result(result, graded);
}

/// JUnit XML that says the same.
fn assert_junit(junit: &str, graded: &Graded) {
    let document = Document::parse(junit).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
    let count = |tag: &str| {
        cases.iter().filter(|case| case.children().any(|it| it.has_tag_name(tag))).count()
    };
    assert_eq!(cases.len(), graded.steps.len(), "{junit}");
    assert_eq!(suite.attribute("failures"), Some(&*count("failure").to_string()));
    assert_eq!(suite.attribute("skipped"), Some(&*count("skipped").to_string()));
    assert_eq!(suite.attribute("errors"), Some("0"));
    for (case, step) in cases.iter().zip(&graded.steps) {
        let has = |tag| case.children().any(|node| node.has_tag_name(tag));
        assert!(case.attribute("name").unwrap().ends_with(&step.name), "{junit}");
        assert_eq!(has("failure"), step.verdict == StepVerdict::Failed, "{junit}");
        assert_eq!(has("skipped") || has("failure"), step.verdict != StepVerdict::Passed);
        assert_eq!(step.why.is_some(), step.verdict != StepVerdict::Passed, "{step:?}");
    }
}

/// A `result.json` that says the same, and that Classroom 50 takes.
fn assert_result(result: &Value, graded: &Graded) {
    assert_eq!(result["schema"], "classroom50/result/v1");
    let tests = result["tests"].as_array().unwrap();
    assert_eq!(tests.len(), graded.steps.len());
    let sum = |name: &str| tests.iter().map(|test| test[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(result["score"].as_u64(), Some(sum("score")));
    assert_eq!(result["max-score"].as_u64(), Some(sum("max-score")));
    assert_eq!(result["score"].as_f64(), Some(graded.points));
    assert_eq!(result["max-score"].as_f64(), Some(graded.of));
    for (test, step) in tests.iter().zip(&graded.steps) {
        assert_eq!(test["test-name"], *step.name);
        assert_eq!(test["passed"], step.verdict == StepVerdict::Passed);
    }
    for field in ["classroom", "assignment", "submission", "commit", "release", "review"] {
        assert!(result[field].as_str().is_some_and(|text| !text.is_empty()), "{result}");
    }
    assert!(result["submission"].as_str().unwrap().starts_with("submit/"));
    assert!(humantime::parse_rfc3339(result["datetime"].as_str().unwrap()).is_ok());
}

/// The steps of the test kit, the first of which weighs 3.
fn kit_with_weights() -> TestKit {
    let kit = TestKit::new();
    let file = "labs/lab2-resp/exercise/steps.toml";
    let steps = fs::read_to_string(kit.path(file)).unwrap();
    kit.write(file, &steps.replacen("read =", "points = 3\nread =", 1));
    kit
}

fn server(fault: &str) -> String {
    format!("python3 {SERVER} lab2 {{port}} {fault}")
}

#[test]
#[ignore = "needs python3"]
fn checks_with_python_write_the_same_in_each_form() {
    let kit = kit_with_weights();
    let told = check(&kit, &["--cmd", &server(""), "--seed", "7"]);
    assert_agree(&told);
    assert_eq!(
        (told.graded.verdict, told.graded.points, told.graded.of),
        (Verdict::Passed, 4.0, 4.0)
    );
    assert_eq!((&*told.graded.lab, told.graded.seed), ("lab2", 7));
    assert_eq!((told.graded.commit, told.graded.predictions), (None, None));
    let told = check(&kit, &["--cmd", &server("--fault rest_waits_for_next_read")]);
    assert_agree(&told);
    assert_eq!(
        (told.graded.verdict, told.graded.points, told.graded.of),
        (Verdict::Failed, 3.0, 4.0)
    );
    let told = check(&kit, &["--cmd", "false"]);
    assert_agree(&told);
    assert_eq!(told.graded.steps[1].verdict, StepVerdict::NotTried);
    assert_eq!((told.graded.points, told.graded.of), (0.0, 4.0));
    let why = told.graded.steps[0].why.as_ref().unwrap();
    assert!(why.starts_with("It does not start: the server ended before it listened"), "{why}");
}

#[test]
#[ignore = "needs python3 and strace"]
fn checks_with_python_and_strace_write_what_is_unknown_in_each_form() {
    let kit = kit_with_weights();
    let file = "labs/lab2-resp/exercise/steps.toml";
    let steps = fs::read_to_string(kit.path(file)).unwrap();
    kit.write(file, &steps.replace("recvfrom:", "preadv2:"));
    let told = check(&kit, &["--hostile", "--cmd", &server("")]);
    assert_agree(&told);
    assert_eq!(told.graded.verdict, Verdict::Unknown);
    // What is unknown gets no points, and is no failure.
    assert_eq!((told.graded.points, told.graded.of), (3.0, 4.0));
    assert!(told.junit.contains("failures=\"0\""), "{}", told.junit);
    // Without strace, a step that needs it is no part of the sum.
    kit.write(
        file,
        &steps
            .replace("inject = \"recvfrom:error=ECONNRESET:when=1\"", "rules = [\"no_spinning\"]")
            .replace("\"expect_close\"", "{ expect = \"+PONG\" }"),
    );
    let told = check(&kit, &["--no-trace", "--cmd", &server("")]);
    assert_agree(&told);
    assert_eq!(told.graded.steps[2].verdict, StepVerdict::Skipped);
    assert_eq!(
        (told.graded.verdict, told.graded.points, told.graded.of),
        (Verdict::Passed, 4.0, 4.0)
    );
}

#[test]
fn a_result_on_stdout_is_alone_there() {
    let kit = TestKit::new();
    let output = kit.check(&["lab2", "--cmd", "false", "--json", "-"]);
    let graded: Graded = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(graded.verdict, Verdict::Failed);
    assert!(stderr(&output).contains("0 of 2 steps work"), "{}", stderr(&output));
    let output = kit.check(&["lab2", "--cmd", "false", "--json", "-", "--junit", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("only one result can go to stdout"), "{}", stderr(&output));
    let output = kit.check(&["lab2", "--cmd", "false", "--json", "/no/such/folder/a.json"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()));
}
