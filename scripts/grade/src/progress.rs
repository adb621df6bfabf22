//! How far a student has come: `work/progress.json`. Steps are known by their names, so that a newer kit loses nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use harness::data;

/// How far a student has come in all labs.
#[derive(Debug, Default)]
pub struct Progress {
    path: PathBuf,
    labs: BTreeMap<String, LabProgress>,
}

/// How far a student has come in one lab.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabProgress {
    /// The steps that worked at the last check.
    pub passed: Vec<String>,
    /// The first step that did not.
    pub failing: Option<String>,
    /// Why it probably did not, if there was a telling.
    #[serde(default)]
    pub cause: Option<String>,
    /// How many hints were given for each step, and for each server that a hunt did not catch: `hunt NAME`.
    #[serde(default)]
    pub hints: BTreeMap<String, usize>,
    /// Whether the solution was asked for before the lab was done.
    #[serde(default)]
    pub asked_for_solution: bool,
}

impl Progress {
    /// Reads it from the folder `work`. One that cannot be read counts as none: it can be made again by a check.
    #[must_use]
    pub fn read(work: &Path) -> Self {
        let path = work.join("progress.json");
        let labs = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        Self { path, labs: labs.unwrap_or_default() }
    }

    /// That of one lab.
    pub fn of(&mut self, lab: &str) -> &mut LabProgress {
        self.labs.entry(lab.to_owned()).or_default()
    }

    /// Writes it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self) -> io::Result<()> {
        let text = serde_json::to_string_pretty(&self.labs).map_err(io::Error::other)?;
        data::replace(&self.path, (text + "\n").as_bytes())
    }
}
