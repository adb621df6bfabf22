//! What the instructor reads: a line for each submission, and what to do with the results.

use std::path::Path;

use harness::text::{COLUMNS, cut, letters, wrap, wrapped};

use super::{Batch, Item, Tally};
use crate::results::{Graded, StepVerdict};
use crate::submission::SubmissionError;

/// A name has so many columns.
const NAME: usize = 26;

/// Why nothing works is said in so many letters: three lines. The result says all.
const WHY: usize = 120;

/// What is going to happen.
pub(super) fn head(batch: &Batch<'_>, items: &[Item]) -> String {
    let (count, version) = (items.len(), env!("CARGO_PKG_VERSION"));
    let what = if count == 1 { "submission" } else { "submissions" };
    format!("{count} {what}, version {version} of the kit, seed {}\n", batch.seed)
}

/// A submission that cannot be graded.
pub(super) fn refused(error: &SubmissionError) -> String {
    wrapped(&format!("  NOT GRADED: {}", codec::printable::one_line(&error.to_string())))
}

/// A student, the points, and what fails; below, what else there is to say.
pub(super) fn line(item: &Item, graded: &Graded, is_kept: bool) -> String {
    let name = cut(&item.student, NAME);
    let gap = " ".repeat(NAME - letters(&name));
    let points = format!("{} of {}", graded.points, graded.of);
    let what = what(graded);
    let what = if is_kept { format!("as before: {what}") } else { what };
    let indent = " ".repeat(NAME + 13);
    let lines = wrap(&what, COLUMNS - indent.len(), "").join(&format!("\n{indent}"));
    let note = |note: &String| {
        let lines = wrap(note, COLUMNS - 6, "  ").join("\n      ");
        format!("\n      {lines}")
    };
    let notes: String = item.notes.iter().map(note).collect();
    format!("  {name}{gap} {points:<10}{lines}{notes}")
}

/// What fails, or cannot be judged.
fn what(graded: &Graded) -> String {
    let is = |verdict| move |step: &&crate::results::GradedStep| step.verdict == verdict;
    let all = graded.steps.len();
    let tried = all - graded.steps.iter().filter(is(StepVerdict::NotTried)).count();
    let first = graded.steps.iter().find(is(StepVerdict::Failed));
    if let (1, Some(why)) = (tried, first.and_then(|step| step.why.as_ref())) {
        return cut(why, WHY);
    }
    let names = |verdict| {
        let steps = graded.steps.iter().filter(is(verdict)).map(|step| step.name.as_str());
        steps.collect::<Vec<_>>().join(", ")
    };
    let parts = [
        (names(StepVerdict::Failed), "fails "),
        (names(StepVerdict::Unknown), "unknown: "),
        (names(StepVerdict::Skipped), "skipped: "),
    ];
    let parts = parts.into_iter().filter(|(names, _)| !names.is_empty());
    let parts: Vec<String> = parts.map(|(names, word)| format!("{word}{names}")).collect();
    if parts.is_empty() { "all steps work".to_owned() } else { parts.join("; ") }
}

/// How many passed, and where the results are.
pub(super) fn summary(tally: &Tally, results: &Path) -> String {
    let Tally { graded, passed, unknown, kept, refused } = tally;
    let mut lines = vec![format!("\n{passed} of {graded} passed all steps.")];
    if *unknown > 0 {
        lines.push(format!("{unknown} could not be judged whole: grade again (--again)."));
    }
    if *kept > 0 {
        lines.push(format!("{kept} had a result of this kit before. To judge them again: --again"));
    }
    if *refused > 0 {
        lines.push(format!("{refused} could not be graded: see above."));
    }
    let results = results.display();
    lines.push(format!("The results: {results}"));
    lines.push(format!("The class:   scripts/check.sh class {results}/*.json"));
    lines.join("\n") + "\n"
}
