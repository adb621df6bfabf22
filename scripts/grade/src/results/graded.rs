//! Makes the object from what is known of each step.

use std::path::Path;
use std::process::{Command, Stdio};

use trace::protocol::Protocol;

use super::{Graded, GradedStep, Predictions, StepVerdict, Verdict, why};
use crate::course::Step;
use crate::judge::{Outcome, Problem, Wrong};
use crate::own::Kit;
use crate::report::{self, About, Known};

/// A check that is over.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The lab, and its steps.
    pub about: About<'a>,
    /// What was judged: `work/lab2`, or the command that starts it.
    pub server: &'a str,
    /// From which all words of the steps follow.
    pub seed: u64,
    /// Whose server it is.
    pub student: Option<&'a str>,
    /// The file with the student's answers to the predictions.
    pub answers: Option<&'a Path>,
}

impl Run<'_> {
    /// What came of it.
    #[must_use]
    pub fn graded(&self, kit: &Kit, known: &[(&Step, Known)]) -> Graded {
        let lab = self.about.lab.of_the_kit().short;
        let steps: Vec<GradedStep> =
            known.iter().map(|(step, known)| self.step(step, known)).collect();
        Graded {
            kit: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit(kit),
            lab: lab.to_owned(),
            student: self.student.map(str::to_owned),
            server: self.server.to_owned(),
            seed: self.seed,
            verdict: verdict(&steps),
            points: steps.iter().map(|step| step.points).sum(),
            of: steps.iter().map(|step| step.of).sum(),
            steps,
            predictions: self.answers.and_then(|answers| Predictions::read(answers, lab)),
        }
    }

    fn step(&self, step: &Step, known: &Known) -> GradedStep {
        let place = self.about.course.steps.iter().position(|other| other.name == step.name);
        let verdict = match known {
            Known::Judged(Outcome::Passed) => StepVerdict::Passed,
            Known::Judged(Outcome::Failed(_)) => StepVerdict::Failed,
            Known::Judged(Outcome::Unknown(_)) => StepVerdict::Unknown,
            Known::NotBegun => StepVerdict::NotBegun,
            Known::Skipped => StepVerdict::Skipped,
            Known::Needs | Known::GivenUp(_) => StepVerdict::NotTried,
        };
        let points = f64::from(step.points);
        let counts = !matches!(verdict, StepVerdict::Skipped | StepVerdict::NotBegun);
        GradedStep {
            number: place.map_or(0, |place| place + 1),
            name: step.name.clone(),
            title: step.title.clone(),
            verdict,
            points: if verdict == StepVerdict::Passed { points } else { 0.0 },
            of: if counts { points } else { 0.0 },
            misconception: match known {
                Known::Judged(Outcome::Failed(wrong)) => {
                    misconception(step, wrong, self.about.lab.protocol)
                }
                _ => None,
            },
            why: why::of(step, known, self.about.lab.protocol),
        }
    }
}

/// The name of the misconception that probably made a step fail: that of the likely cause, or else of the step.
fn misconception(step: &Step, wrong: &Wrong, protocol: Protocol) -> Option<String> {
    if matches!(wrong.what, Problem::Start(_) | Problem::Limit(_)) {
        return None;
    }
    let said = report::cause(step, wrong, protocol);
    let cause = step.causes.iter().find(|cause| said.as_ref() == Some(&cause.say));
    cause.and_then(|cause| cause.misconception.clone()).or_else(|| step.misconception.clone())
}

fn verdict(steps: &[GradedStep]) -> Verdict {
    let has = |verdict| steps.iter().any(|step| step.verdict == verdict);
    match () {
        () if has(StepVerdict::Failed) => Verdict::Failed,
        () if has(StepVerdict::Unknown) => Verdict::Unknown,
        () => Verdict::Passed,
    }
}

/// The commit of the kit; `None` if it is not in git.
pub(crate) fn commit(kit: &Kit) -> Option<String> {
    git(&kit.root, &["rev-parse", "HEAD"])
}

/// What git says of a folder, on one line; `None` if the folder is in no repository.
pub(crate) fn git(folder: &Path, words: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(words).stdin(Stdio::null()).stderr(Stdio::null());
    let output = git.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|line| !line.is_empty())
}
