//! What is in a submission.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use harness::labs::{self, Lab};

use super::{ANSWERS, MANIFEST, Manifest, SubmissionError, sha256};
use crate::own::{Exercise, Kit};

/// What is in a submission, as far as it is used.
#[derive(Debug)]
pub struct Submission {
    /// The lab.
    pub lab: Lab,
    /// The student's name, where the submission says it, in letters that a terminal can show.
    pub student: Option<String>,
    /// What it says of itself, if it does.
    pub manifest: Option<Manifest>,
    /// The student's files.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// The answers to the predictions.
    pub answers: Option<Vec<u8>>,
    /// What an instructor may want to know: files that were ignored or changed, or are missing.
    pub notes: Vec<String>,
}

/// All files that were found, and what was ignored.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    pub ignored: Vec<String>,
}

impl Found {
    /// Something that is not used is only said.
    pub fn ignore(&mut self, name: &str, why: &str) {
        self.ignored.push(format!("ignored: {} ({why})", codec::printable::one_line(name)));
    }

    /// What is in them, for a lab that is known otherwise, or that they name.
    pub fn submission(
        mut self,
        (kit, path): (&Kit, &Path),
        lab: Option<Lab>,
    ) -> Result<Submission, SubmissionError> {
        let manifest = self.files.remove(Path::new(MANIFEST));
        let manifest = manifest.and_then(|it| serde_json::from_slice::<Manifest>(&it).ok());
        let answers = self.files.remove(Path::new(ANSWERS));
        let named = manifest.as_ref().and_then(|manifest| labs::find(&manifest.lab).ok());
        let lab = named.or(lab).ok_or_else(|| SubmissionError::NoLab(path.to_owned()))?;
        let lab = lab.of_the_kit();
        let exercise = Exercise::read(kit, lab)?;
        let expected = exercise.files();
        let mut files = BTreeMap::new();
        for (path, bytes) in std::mem::take(&mut self.files) {
            if expected.contains(&path.as_path()) {
                files.insert(path, bytes);
            } else {
                self.ignore(&path.display().to_string(), "not a file of this lab");
            }
        }
        if files.is_empty() {
            let all: Vec<_> = expected.iter().map(|file| file.display().to_string()).collect();
            return Err(SubmissionError::Empty(path.to_owned(), lab.short, all.join(", ")));
        }
        let mut notes = self.ignored;
        for file in expected {
            let said = manifest.as_ref().and_then(|manifest| manifest.files.get(file));
            match files.get(file) {
                None => notes.push(format!("{} is missing: its start is used", file.display())),
                Some(bytes) if said.is_some_and(|said| *said != sha256(bytes)) => {
                    notes.push(format!("{} has changed since it was packed", file.display()));
                }
                Some(_) => {}
            }
        }
        let student = manifest.as_ref().map(|it| it.name.chars().take(100).collect::<String>());
        let student = student.map(|name| codec::printable::one_line(&name));
        let student = student.filter(|name| !name.trim().is_empty());
        Ok(Submission { lab, student, manifest, files, answers, notes })
    }
}
