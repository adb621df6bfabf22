//! No step fails before the one that a mistake breaks.

use grade::judge::Outcome;

use crate::{Fault, TRIES, course, judge, judge_faults_of};

/// The steps before the one that must fail.
fn judge_steps_before(fault: &Fault) -> Result<(), String> {
    let judge = judge(fault, true);
    let steps = course(&fault.lab).steps;
    for step in steps.iter().take_while(|step| step.name != fault.step) {
        let outcome = (0..TRIES).map(|_| judge.judge(step).unwrap());
        let known = outcome.into_iter().find(|outcome| !matches!(outcome, Outcome::Unknown(_)));
        if let Some(Outcome::Failed(wrong)) = known {
            return Err(format!("step {} fails already: {:?}", step.name, wrong.what));
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs python3 and strace"]
fn slow_faults_of_lab1_break_no_step_before() {
    judge_faults_of("lab1", judge_steps_before);
}

#[test]
#[ignore = "needs python3 and strace"]
fn slow_faults_of_lab2_break_no_step_before() {
    judge_faults_of("lab2", judge_steps_before);
}

#[test]
#[ignore = "needs python3 and strace"]
fn slow_faults_of_lab3_break_no_step_before() {
    judge_faults_of("lab3", judge_steps_before);
}

#[test]
#[ignore = "needs python3 and strace"]
fn slow_faults_of_lab4_break_no_step_before() {
    judge_faults_of("lab4", judge_steps_before);
}
