//! What stands below the list of the steps.

use harness::text::wrapped;

use super::{About, Known};
use crate::check::IN_VAIN;
use crate::course::{Course, Step};
use crate::judge::Outcome;

/// The last line: how many steps work, and what to do now.
#[must_use]
pub fn summary(known: &[(&Step, Known)], about: About<'_>) -> String {
    let count = |is_it: fn(&Known) -> bool| known.iter().filter(|(_, known)| is_it(known)).count();
    let passed = count(|known| matches!(known, Known::Judged(Outcome::Passed)));
    let unknown = count(|known| matches!(known, Known::Judged(Outcome::Unknown(_))));
    let not_begun = count(|known| matches!(known, Known::NotBegun));
    let all = known.len() - not_begun - count(|known| matches!(known, Known::Skipped));
    let start = if passed == 0 && unknown == 0 && about.is_new {
        ", as it should be at the start: begin with step 1"
    } else {
        ""
    };
    let mut lines = vec![format!("\n{passed} of {all} steps work{start}.")];
    if count(|known| matches!(known, Known::Needs)) > 0 {
        lines.push("Steps marked - were not tried: they need one that fails.".to_owned());
    }
    lines.extend(known.iter().find_map(|(step, known)| given_up(step, known, about.course)));
    if not_begun > 0 {
        lines.push(format!("{not_begun} belong to tasks that are not begun. That is no failure."));
    }
    if unknown > 0 {
        lines.push(format!("{unknown} could not be judged: that is neither a pass nor a failure."));
    }
    let is_all = known.len() == about.course.usual().count();
    if passed == all && is_all {
        lines.extend(
            next(about)
                .into_iter()
                .map(|(what, words)| format!("  {what:<40}scripts/check.sh {words}")),
        );
    }
    lines.join("\n") + "\n"
}

/// What can be done when all steps work, and the words to type. A lab of open tasks has no start of its own.
fn next(about: About<'_>) -> Vec<(&'static str, String)> {
    let lab = about.lab.of_the_kit().short;
    let hostile = ("When calls of the kernel fail:", format!("{lab} --hostile"));
    if !about.course.tasks.is_empty() {
        return vec![hostile];
    }
    vec![
        ("Which of your lines was waiting?", format!("questions {lab}")),
        hostile,
        ("Hunt servers with a mistake:", format!("hunt {lab} FILE")),
        ("Compare yours with the lab of the kit:", format!("solution {lab}")),
        ("Pack yours to hand it in:", format!("submit {lab}")),
    ]
}

/// Why no further step was tried, and what to type to try them.
fn given_up(step: &Step, known: &Known, course: &Course) -> Option<String> {
    let Known::GivenUp(what) = known else { return None };
    let number = course.steps.iter().position(|other| other.name == step.name)? + 1;
    Some(wrapped(&format!(
        "Step {number} and the steps after it were not tried: {IN_VAIN} steps in a row waited in vain for {what}, and \
         these would probably wait as long. To try them all the same, add --all."
    )))
}
