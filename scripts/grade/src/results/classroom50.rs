//! `result.json` as Classroom 50 collects it, `classroom50/result/v1`: `foundation50/classroom50`, its wiki, *Advanced Autograding*.
//!
//! Its runner says in variables of the environment which submission this is. Where it does not, the file says `local`, and is of
//! the same form. The points are whole numbers there, and a test has passed or not: of one that could not be judged, `verdict`
//! says so. (Its runner takes exit code 2 of a check for an error of the grader, as it should.)

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::graded::git;
use super::{Graded, GradedStep, StepVerdict};

/// What stands where the runner says nothing.
const LOCAL: &str = "local";

/// The same as `result.json`, for a submission that is in the folder `checkout`. `variable` reads the environment.
#[must_use]
pub fn classroom50(
    graded: &Graded,
    checkout: &Path,
    variable: impl Fn(&str) -> Option<String>,
) -> Value {
    let said = |name: &str| variable(name).filter(|value| !value.is_empty());
    let or_local = |name: &str| said(name).unwrap_or_else(|| LOCAL.to_owned());
    let commit = or_local("COMMIT_URL");
    let mut result = Map::new();
    let mut put = |name: &str, value: Value| _ = result.insert(name.to_owned(), value);
    put("schema", "classroom50/result/v1".into());
    put("classroom", or_local("CLASSROOM").into());
    put("assignment", said("ASSIGNMENT").unwrap_or_else(|| graded.lab.clone()).into());
    if let Some(kind) = said("ASSIGNMENT_TYPE") {
        put("assignment_type", kind.into());
    }
    if let Some(owner) = said("OWNER").or_else(|| said("USERNAME")).or(graded.student.clone()) {
        put("owner", owner.into());
    }
    put("submission", said("SUBMISSION_TAG").unwrap_or_else(|| format!("submit/{LOCAL}")).into());
    put("review", said("REVIEW_URL").unwrap_or_else(|| commit.clone()).into());
    put("commit", commit.into());
    put("release", or_local("RELEASE_URL").into());
    put("datetime", submitted(checkout).into());
    put("score", whole(graded.points).into());
    put("max-score", whole(graded.of).into());
    put("tests", graded.steps.iter().map(test).collect());
    Value::Object(result)
}

fn test(step: &GradedStep) -> Value {
    let mut test = json!({
        "test-name": step.name,
        "passed": step.verdict == StepVerdict::Passed,
        "score": whole(step.points),
        "max-score": whole(step.of),
        "verdict": step.verdict,
    });
    if let Some(why) = &step.why {
        test["why"] = why.clone().into();
    }
    test
}

/// When it was submitted: the date of the commit, which stays the same when it is judged again.
fn submitted(checkout: &Path) -> String {
    let seconds = git(checkout, &["log", "-1", "--format=%ct"]).and_then(|it| it.parse().ok());
    let at =
        seconds.map_or_else(SystemTime::now, |it| SystemTime::UNIX_EPOCH + Duration::from_secs(it));
    humantime::format_rfc3339_seconds(at).to_string()
}

/// The points of steps and their sums are whole numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums of a few u32")]
fn whole(points: f64) -> u64 {
    points as u64
}
