//! The steps of another lab, which must still work.

use std::path::Path;

use harness::labs::{self, Lab};
use serde::Deserialize;

use super::{Course, CourseError, Step};

/// The lab whose steps come first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// Its short name.
    pub lab: String,
    /// The names of the steps that are left out.
    #[serde(default)]
    pub without: Vec<String>,
}

impl Base {
    /// Its steps. Each says in which sheet it is explained.
    pub(super) fn steps(&self, kit: &Path) -> Result<Vec<Step>, CourseError> {
        let lab = labs::find(&self.lab)?;
        let mut steps = Course::read(kit, lab)?.steps;
        steps.retain(|step| !self.without.contains(&step.name));
        for step in &mut steps {
            step.read = step.sheet(lab);
        }
        Ok(steps)
    }
}

/// The sheet of a lab, below the top folder of the kit.
pub(super) fn sheet(lab: Lab) -> String {
    lab.of_the_kit().folder() + "/README.md"
}
