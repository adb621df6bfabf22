//! All steps of a lab, one after the other.

use std::io::{self, Write};

use crate::course::{Course, Step};
use crate::judge::{Judge, Outcome};
use crate::report::{self, About, Known};

/// What is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// All about the first step that fails.
    First,
    /// All about each of them.
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
    let wanted = wanted(about.course, is_asked);
    let mut all: Vec<Option<Known>> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        if !wanted[index] {
            all.push(None);
            continue;
        }
        let is_blocked = is_blocked(about.course, step, &all);
        let known = if is_blocked { Known::Needs } else { known(judge, step)? };
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

fn known(judge: &Judge, step: &Step) -> io::Result<Known> {
    let outcome = judge.judge(step)?;
    if !judge.traces && step.needs_trace() && matches!(outcome, Outcome::Passed) {
        return Ok(Known::Skipped);
    }
    Ok(Known::Judged(outcome))
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
}
