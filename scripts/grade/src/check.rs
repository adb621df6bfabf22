//! All steps of a lab, one after the other.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use harness::scenario::FailureKind;

use crate::course::{Course, Step};
use crate::judge::{Judge, Outcome, Problem};
use crate::report::{self, About, Known};

/// After so many steps in a row that waited in vain for the same thing, the others would probably wait as long.
pub(crate) const IN_VAIN: usize = 3;
/// So long all steps may take. After it, no other one is begun.
const ALL: Duration = Duration::from_secs(15 * 60);

/// What is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// All about the first step that fails. After three in a row that wait in vain, no other is tried.
    First,
    /// All about each of them, and all are tried.
    All,
}

/// Judges the steps that `is_asked` for, and those that they need, writes what came of each of them, and returns it.
///
/// # Errors
/// If a step cannot be judged for want of a temporary file, or `out` takes no more.
pub fn run<'a>(
    judge: &Judge,
    about: About<'a>,
    (details, is_asked): (Details, impl Fn(usize, &Step) -> bool),
    out: &mut impl Write,
) -> io::Result<Vec<(&'a Step, Known)>> {
    let steps = &about.course.steps;
    let (begun, wanted) = (Instant::now(), wanted(about.course, is_asked));
    let mut all: Vec<Option<Known>> = Vec::new();
    // The task whose heading was written last.
    let mut shown = None;
    for (index, step) in steps.iter().enumerate() {
        if !wanted[index] {
            all.push(None);
            continue;
        }
        let given_up = in_vain(steps, &all).filter(|_| details == Details::First);
        let is_blocked = is_blocked(about.course, step, &all);
        let known = match given_up {
            _ if is_left(steps, step, &all) => Known::NotBegun,
            _ if is_blocked => Known::Needs,
            Some(what) => Known::GivenUp(what),
            None if begun.elapsed() > ALL => Known::Judged(Outcome::Unknown(no_time())),
            None => known(judge, about.course, step)?,
        };
        let task = about.course.task(step).filter(|task| shown != Some(task.name.as_str()));
        shown = step.task.as_deref();
        write!(out, "{}", task.map(report::heading).unwrap_or_default())?;
        write!(out, "{}", report::row(index + 1, step, &known))?;
        out.flush()?;
        all.push(Some(known));
    }
    let failed = steps.iter().zip(&all).enumerate().filter_map(|(index, (step, known))| {
        let Some(Known::Judged(Outcome::Failed(wrong))) = known else { return None };
        Some((index + 1, step, wrong))
    });
    let most = if details == Details::All { usize::MAX } else { 1 };
    for (number, step, wrong) in failed.take(most) {
        write!(out, "{}", report::failure(number, step, wrong, about))?;
    }
    let judged = steps.iter().zip(all).filter_map(|(step, known)| Some((step, known?)));
    Ok(judged.collect())
}

fn no_time() -> String {
    format!("There was no time left: all steps may take {} minutes.", ALL.as_secs() / 60)
}

/// Judges a step, and looks whether its task was begun at all.
pub(crate) fn known(judge: &Judge, course: &Course, step: &Step) -> io::Result<Known> {
    let outcome = judge.judge(step)?;
    if let (Some(task), Outcome::Failed(wrong)) = (course.task(step), &outcome)
        && task.is_not_begun(wrong)
    {
        return Ok(Known::NotBegun);
    }
    if !judge.traces && step.needs_trace() && matches!(outcome, Outcome::Passed) {
        return Ok(Known::Skipped);
    }
    Ok(Known::Judged(outcome))
}

/// Whether a step before it has shown that its task was not begun.
fn is_left(steps: &[Step], step: &Step, all: &[Option<Known>]) -> bool {
    let mut before = steps.iter().zip(all);
    step.task.is_some()
        && before
            .any(|(other, known)| other.task == step.task && matches!(known, Some(Known::NotBegun)))
}

/// What the last [`IN_VAIN`] steps that were judged have all waited for in vain. Hostile steps do not count: each of them fails
/// for a reason of its own.
fn in_vain(steps: &[Step], all: &[Option<Known>]) -> Option<&'static str> {
    let outcome = |(step, known): (&Step, &Option<Known>)| match known {
        Some(Known::GivenUp(what)) => Some(Some(*what)),
        Some(Known::Judged(Outcome::Unknown(_)) | Known::Needs | Known::NotBegun) | None => None,
        Some(known) => Some(waited_for(known).filter(|_| !step.is_hostile())),
    };
    let mut last = steps.iter().zip(all).rev().filter_map(outcome);
    let what = last.next()??;
    let same = last.take_while(|other| *other == Some(what)).count() + 1;
    (same >= IN_VAIN).then_some(what)
}

/// What a step has waited for until its patience was at its end. `None` if it works, or fails in another way.
fn waited_for(known: &Known) -> Option<&'static str> {
    let Known::Judged(Outcome::Failed(wrong)) = known else { return None };
    let kind = match &wrong.what {
        Problem::Client(stopped) => stopped.failure.kind,
        Problem::Unclosed(_) => FailureKind::StillOpen,
        _ => return None,
    };
    match kind {
        FailureKind::NoReply | FailureKind::Incomplete => Some("a reply"),
        FailureKind::NotRead => Some("the server to read"),
        FailureKind::StillOpen => Some("the end of a connection"),
        _ => None,
    }
}

/// The steps that are asked for, and all that they need.
fn wanted(course: &Course, is_asked: impl Fn(usize, &Step) -> bool) -> Vec<bool> {
    let steps = course.steps.iter().enumerate();
    let mut wanted: Vec<bool> = steps.map(|(index, step)| is_asked(index, step)).collect();
    for index in (0..wanted.len()).rev() {
        if wanted[index] {
            for needed in course.needs(&course.steps[index]) {
                wanted[needed] = true;
            }
        }
    }
    wanted
}

/// Whether a step that this one needs does not work. One that cannot be judged is no reason not to try: on a busy
/// machine, a rule that says nothing would keep all other steps from being judged.
fn is_blocked(course: &Course, step: &Step, all: &[Option<Known>]) -> bool {
    let does_not_work = |known: Option<&Option<Known>>| match known {
        Some(Some(Known::Judged(outcome))) => matches!(outcome, Outcome::Failed(_)),
        Some(Some(Known::Skipped)) => false,
        _ => true,
    };
    course.needs(step).into_iter().any(|index| does_not_work(all.get(index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Wrong;

    #[test]
    fn a_step_is_tried_although_one_that_it_needs_cannot_be_judged() {
        let step = |name| {
            let client = "client = [{ name = 'A', actions = ['connect'] }]";
            format!("[[step]]\nname = '{name}'\ntitle = 't'\nread = '#r'\nhints = []\n{client}\n")
        };
        let course: Course = toml::from_str(&(step("first") + &step("second"))).unwrap();
        let is_blocked = |first: Known| is_blocked(&course, &course.steps[1], &[Some(first)]);
        assert!(!is_blocked(Known::Judged(Outcome::Unknown("too busy".to_owned()))));
        assert!(!is_blocked(Known::Judged(Outcome::Passed)));
        assert!(is_blocked(Known::Needs));
    }

    #[test]
    fn only_steps_in_a_row_that_waited_for_the_same_thing_are_a_reason_to_stop() {
        let step = |inject| {
            let client = "client = [{ name = 'A', actions = ['connect'] }]";
            toml::from_str(&format!(
                "name = 's'\ntitle = 't'\nread = '#r'\nhints = []\n{client}\n{inject}"
            ))
        };
        let (usual, hostile): (Step, Step) =
            (step("").unwrap(), step("inject = 'accept'").unwrap());
        let failed =
            |what| Known::Judged(Outcome::Failed(Box::new(Wrong { happened: Vec::new(), what })));
        let known = |letter| match letter {
            'c' => failed(Problem::Unclosed(1)),
            'm' => failed(Problem::Memory(2, 1)),
            'u' => Known::Judged(Outcome::Unknown("too busy".to_owned())),
            'n' => Known::Needs,
            'g' => Known::GivenUp("the end of a connection"),
            _ => Known::Judged(Outcome::Passed),
        };
        for (letters, expected) in [
            ("cc", false),
            ("ccc", true),
            ("mccc", true),
            ("cpcc", false),
            ("cmcc", false),
            ("cccp", false),
            ("cncuc", true),
            ("cccg", true),
            ("cccgn", true),
            ("mmm", false),
            ("", false),
        ] {
            let all: Vec<_> = letters.chars().map(|letter| Some(known(letter))).collect();
            let what = |step: &Step| in_vain(&vec![step.clone(); all.len()], &all);
            assert_eq!(what(&usual), expected.then_some("the end of a connection"), "{letters}");
            assert!(letters.contains('g') || what(&hostile).is_none(), "{letters}");
        }
    }
}
