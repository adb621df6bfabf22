//! A student who copies the clients of the step that a mistake breaks catches the server in a hunt: so its hints are true.

use grade::course::Step;
use grade::judge::Outcome;

use crate::{Fault, TRIES, course, judge, judge_faults_of};

fn judge_hunt(fault: &Fault) -> Result<(), String> {
    if fault.no_client_sees_it {
        return Ok(());
    }
    let judge = judge(fault, false);
    let broken = course(&fault.lab).steps.into_iter().find(|step| step.name == fault.step);
    let scenario = Step::of_clients("a hunt", broken.unwrap().clients);
    let mut outcomes = (0..TRIES).map(|_| judge.judge(&scenario).unwrap());
    let is_caught = outcomes.any(|outcome| matches!(outcome, Outcome::Failed(_)));
    if is_caught { Ok(()) } else { Err("the clients of its step do not catch it".to_owned()) }
}

#[test]
#[ignore = "needs python3"]
fn slow_faults_of_lab1_are_caught_by_the_clients_of_their_step() {
    judge_faults_of("lab1", judge_hunt);
}

#[test]
#[ignore = "needs python3"]
fn slow_faults_of_lab2_are_caught_by_the_clients_of_their_step() {
    judge_faults_of("lab2", judge_hunt);
}

#[test]
#[ignore = "needs python3"]
fn slow_faults_of_lab3_are_caught_by_the_clients_of_their_step() {
    judge_faults_of("lab3", judge_hunt);
}
