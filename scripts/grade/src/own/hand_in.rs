//! The student's files, as they leave an own lab for a submission, and come into a clean one to be graded.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use harness::labs::Lab;

use super::paths::{base, students};
use super::starter::{self, sources};
use super::{Kit, OwnError, read_if_there, write};

/// What a student wrote.
#[derive(Debug)]
pub struct StudentsFiles {
    /// The files that are the student's, below the folder of the lab.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Whether all of them are as at the start.
    pub is_unchanged: bool,
    /// Other sources in the student's folder, which the lab does not have.
    pub others: Vec<PathBuf>,
}

/// Reads what a student wrote.
///
/// # Errors
/// If there is no own lab, or if it cannot be read.
pub fn students_files(kit: &Kit, lab: Lab) -> Result<StudentsFiles, OwnError> {
    let own = kit.existing(lab)?;
    let starter = starter::files(kit, lab)?;
    let (mut files, mut is_unchanged) = (BTreeMap::new(), true);
    for file in students(&starter) {
        let Some(bytes) = read_if_there(&own.join(&file.path))? else { continue };
        // Since the student began, the kit may have got a newer start.
        let base = read_if_there(&base(&own, &file.path))?;
        is_unchanged &= bytes == file.bytes || base.is_some_and(|base| base == bytes);
        files.insert(file.path.clone(), bytes);
    }
    let is_of_lab = |path: &PathBuf| starter.iter().any(|file| file.path == *path);
    let is_source = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs");
    let others = sources(&own)?.into_iter().filter(|path| is_source(path) && !is_of_lab(path));
    Ok(StudentsFiles { files, is_unchanged, others: others.collect() })
}

/// Makes a clean own lab, with these files in place of the student's. What was there is gone.
///
/// # Errors
/// If the folder cannot be written.
pub fn place(kit: &Kit, lab: Lab, mine: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), OwnError> {
    let own = kit.own(lab);
    if own.exists() {
        fs::remove_dir_all(&own).map_err(|error| OwnError::File { path: own.clone(), error })?;
    }
    for file in starter::files(kit, lab)? {
        let mine = mine.get(&file.path).filter(|_| file.is_students);
        write(&own.join(&file.path), mine.unwrap_or(&file.bytes))?;
    }
    Ok(())
}
