//! What came of a check, for a machine to read: `scripts/check.sh LAB --json F`.
//!
//! JUnit XML ([`junit()`]) and the `result.json` of Classroom 50 ([`classroom50()`]) are made from it, so that all say the same.
//!
//! - The steps stand in the order of the lab, so two runs that end alike give the same object.
//! - A step has the points that `steps.toml` gives to it (`points`, or else 1). It gets all of them when it works, and
//!   otherwise none. [`Graded::points`] and [`Graded::of`] are the sums over [`Graded::steps`].
//! - A hostile step weighs as much as another. A usual check does not ask for it, so it has no part in a usual sum.
//! - A step that is unknown gets no points, and stays in `of`. Else a server that keeps the machine busy could choose which of
//!   its steps count. But it is no failure: the verdict on the lab is then `unknown`, the points are the least that the
//!   server may have, and whoever needs the number judges again.
//! - A step of a task that was not begun has an `of` of 0: a student chooses among open tasks.
//! - A step that is skipped (there is no strace, or `--no-trace`) has an `of` of 0: the machine was the reason, and not the server.

use serde::{Deserialize, Serialize};

mod classroom50;
mod graded;
mod junit;
mod output;
mod predictions;
mod why;

pub use classroom50::classroom50;
pub use graded::Run;
pub(crate) use graded::{commit, git};
pub use junit::junit;
pub(crate) use junit::word;
pub use output::{Output, OutputError};

/// What came of a check of a lab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// The version of the kit that judged.
    pub kit: String,
    /// The commit of this kit; `None` if it is not in git.
    pub commit: Option<String>,
    /// The short name of the lab: `lab2`.
    pub lab: String,
    /// Whose server it is; `None` if that is not known.
    pub student: Option<String>,
    /// The server that was judged: `work/lab2`, or the command that starts it.
    pub server: String,
    /// From which all words of the steps follow.
    pub seed: u64,
    /// What came of all steps.
    pub verdict: Verdict,
    /// The points that the server gets.
    pub points: f64,
    /// The points that there are.
    pub of: f64,
    /// The steps, in the order of the lab.
    pub steps: Vec<GradedStep>,
    /// How the student has answered the predictions of the lab; `None` if there are no answers.
    pub predictions: Option<Predictions>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GradedStep {
    /// Its number, from 1 on, in the list of all steps of the lab.
    pub number: usize,
    /// Its name, which stays whatever is changed in it.
    pub name: String,
    /// What the server does, in a sentence.
    pub title: String,
    /// What came of it.
    pub verdict: StepVerdict,
    /// The points that the server gets for it.
    pub points: f64,
    /// The points that there are for it.
    pub of: f64,
    /// The name of the misconception that probably made it fail (`labs/misconceptions.toml`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misconception: Option<String>,
    /// Why it has this verdict, in a sentence or two, where it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What came of all steps. It agrees with the exit code of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All steps work: exit code 0.
    Passed,
    /// A step does not: exit code 1.
    Failed,
    /// None fails, and one could not be judged: exit code 2.
    Unknown,
}

/// What came of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StepVerdict {
    /// It works.
    #[serde(rename = "passed")]
    Passed,
    /// It does not.
    #[serde(rename = "failed")]
    Failed,
    /// It could not be judged: neither a pass nor a failure.
    #[serde(rename = "unknown")]
    Unknown,
    /// Its clients are content, and its system calls were not judged.
    #[serde(rename = "skipped")]
    Skipped,
    /// It belongs to an open task that the server knows nothing of: it has no part in the sum.
    #[serde(rename = "not begun")]
    NotBegun,
    /// It was not tried, because it needs a step that fails.
    #[serde(rename = "not tried")]
    NotTried,
}

/// How a student has answered the predictions of a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predictions {
    /// How many answers are right.
    pub right: usize,
    /// How many are wrong.
    pub wrong: usize,
    /// The misconceptions that the wrong answers stand for, each once, in the order of the alphabet.
    pub misconceptions: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form that other programs read: it must stay.
    #[test]
    fn a_result_is_read_as_it_was_written() {
        let text = r#"{"kit":"0.1.0","commit":null,"lab":"lab2","student":null,"server":"work/lab2","seed":7,
            "verdict":"failed","points":1.0,"of":2.0,"steps":[
              {"number":1,"name":"a","title":"A","verdict":"passed","points":1.0,"of":1.0},
              {"number":2,"name":"b","title":"B","verdict":"not tried","points":0.0,"of":1.0,"misconception":"m","why":"w"}],
            "predictions":{"right":5,"wrong":3,"misconceptions":["m"]}}"#;
        let graded: Graded = serde_json::from_str(text).unwrap();
        assert_eq!(graded.steps[1].verdict, StepVerdict::NotTried);
        assert_eq!(graded.steps[0].why, None);
        let written = serde_json::to_value(&graded).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(text).unwrap());
    }
}
