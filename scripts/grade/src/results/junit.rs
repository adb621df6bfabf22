//! JUnit XML, which GitHub, GitLab and others show: a suite for the lab, and a case for each step.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Graded, GradedStep, StepVerdict};

/// The same as JUnit XML. A step that could not be judged is skipped, and no failure. There are no times: two runs that end
/// alike give the same file.
///
/// # Errors
/// If it cannot be written as XML.
pub fn junit(graded: &Graded) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(&*graded.lab);
    for (name, value) in [
        ("server", graded.server.clone()),
        ("kit", graded.kit.clone()),
        ("seed", graded.seed.to_string()),
        ("points", graded.points.to_string()),
        ("of", graded.of.to_string()),
    ] {
        suite.add_property((name, &*value));
    }
    suite.add_test_cases(graded.steps.iter().map(|step| case(&graded.lab, step)));
    let mut report = Report::new("scripts/check.sh");
    report.add_test_suite(suite);
    report.to_string()
}

fn case(lab: &str, step: &GradedStep) -> TestCase {
    let why = step.why.clone().unwrap_or_default();
    let status = match step.verdict {
        StepVerdict::Passed => TestCaseStatus::success(),
        StepVerdict::Failed => {
            let mut failed = TestCaseStatus::non_success(NonSuccessKind::Failure);
            failed.set_type("failed").set_message(&*step.title).set_description(why);
            failed
        }
        StepVerdict::Unknown
        | StepVerdict::Skipped
        | StepVerdict::NotBegun
        | StepVerdict::NotTried => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(format!("{}: {why}", word(step.verdict)));
            skipped
        }
    };
    let mut case = TestCase::new(format!("{}. {}", step.number, step.name), status);
    case.set_classname(lab);
    case
}

/// The word for it in the JSON.
pub(crate) fn word(verdict: StepVerdict) -> &'static str {
    match verdict {
        StepVerdict::Passed => "passed",
        StepVerdict::Failed => "failed",
        StepVerdict::Unknown => "unknown",
        StepVerdict::Skipped => "skipped",
        StepVerdict::NotBegun => "not begun",
        StepVerdict::NotTried => "not tried",
    }
}
