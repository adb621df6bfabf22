//! The steps of a lab in a class: how many students each of them stops.

use crate::results::{Graded, GradedStep, StepVerdict};

/// A step, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its number in the lab.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// What the server does, in a sentence.
    pub title: String,
    /// How many students passed it.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// Of how many it is not known, because it could not be judged.
    pub unknown: usize,
    /// By how many servers it was not tried.
    pub not_tried: usize,
}

impl Column {
    /// This step in a result. Steps are known by their names: in a newer kit, its number may be another.
    #[must_use]
    pub fn of<'a>(&self, result: &'a Graded) -> Option<&'a GradedStep> {
        result.steps.iter().find(|step| step.name == self.name)
    }

    fn count(&mut self, verdict: StepVerdict) {
        match verdict {
            // The replies are right, and nobody has looked at the system calls.
            StepVerdict::Passed | StepVerdict::Skipped => self.passed += 1,
            StepVerdict::Failed => self.failed += 1,
            StepVerdict::Unknown => self.unknown += 1,
            StepVerdict::NotTried | StepVerdict::NotBegun => self.not_tried += 1,
        }
    }
}

/// All steps of these results, in their order.
pub fn columns<'a>(results: impl Iterator<Item = &'a Graded>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for step in results.flat_map(|result| &result.steps) {
        let place = columns.iter().position(|column| column.name == step.name);
        let place = place.unwrap_or_else(|| {
            let GradedStep { number, name, title, .. } = step.clone();
            let none =
                Column { number, name, title, passed: 0, failed: 0, unknown: 0, not_tried: 0 };
            columns.push(none);
            columns.len() - 1
        });
        columns[place].count(step.verdict);
    }
    columns.sort_by_key(|column| column.number);
    columns
}
