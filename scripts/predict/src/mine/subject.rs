//! The server that is asked about: its program, and its source.

use std::path::{Path, PathBuf};

use grade::own::{self, Exercise, Kit};
use harness::labs::{LABS, Lab, OWN};

use super::MineError;
use super::source::Source;

/// A server that is built.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The lab, or the student's own one.
    pub lab: Lab,
    /// The program.
    pub binary: PathBuf,
    /// Its source.
    pub source: Source,
    /// Whether it is the student's own, and yet what serves the clients was given by the kit.
    pub is_given: bool,
}

impl Subject {
    /// What the student wrote of a lab of the kit, in the folder `work`.
    ///
    /// # Errors
    /// If it is not there, or does not build.
    pub fn own(kit: &Kit, lab: Lab) -> Result<Self, MineError> {
        let binary = own::build(kit, lab)?;
        let own = LABS.iter().position(|it| *it == lab).map_or(lab, |number| OWN[number]);
        Self::new(kit, own, binary)
    }

    /// The lab of the kit itself.
    ///
    /// # Errors
    /// If it does not build.
    pub fn of_the_kit(kit: &Kit, lab: Lab) -> Result<Self, MineError> {
        let binary = own::build_kits(kit, lab)?;
        Self::new(kit, lab, binary)
    }

    /// A program that was built from this lab.
    ///
    /// # Errors
    /// If its source cannot be read.
    pub fn new(kit: &Kit, lab: Lab, binary: PathBuf) -> Result<Self, MineError> {
        let source = Source::read(&kit.root, &format!("{}/src", lab.folder()))?;
        let exercise = Exercise::read(kit, lab)?;
        let is_given =
            OWN.contains(&lab) && !exercise.files().contains(&Path::new("src/server.rs"));
        Ok(Self { lab, binary, source, is_given })
    }
}
