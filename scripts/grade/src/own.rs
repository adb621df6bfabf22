//! The student's own lab below `work/`.
//!
//! `work/lab2` is a workspace of its own. It is derived from lab 2: the functions that [`Exercise`] names are taken out. A few
//! of its files are the student's, and all others are the kit's. What was written there is kept in `work/lab2/.base`, so that
//! a change of the student's can be told from a change of the kit.
//!
//! Nothing that a student wrote is ever lost: the kit's files are renewed, the student's are only replaced by `merge` and
//! `reset`, and both keep a copy.

mod build;
mod derive;
mod editor;
mod exercise;
mod folder;
mod hand_in;
mod manifest;
mod merge;
mod page;
mod paths;
mod starter;

use std::path::{Path, PathBuf};
use std::{fs, io};

use harness::labs::Lab;

use harness::data::DataError;

pub use build::{BuildError, build, build_kits, build_quietly};
pub use derive::DeriveError;
pub use exercise::{Exercise, Function, Given};
pub use folder::{Renewed, renew, reset, solution, start};
pub use hand_in::{StudentsFiles, place, students_files};
pub use merge::{Merge, MergedFile, merge};

/// Where the kit is, and where the student's labs are.
#[derive(Debug, Clone)]
pub struct Kit {
    /// The top folder of the kit, as an absolute path.
    pub root: PathBuf,
    /// The folder of the student's labs: `work` in the top folder, except in tests.
    pub work: PathBuf,
}

impl Kit {
    /// The kit in this folder.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self { work: root.join("work"), root }
    }

    /// The folder of a lab of the kit.
    #[must_use]
    pub fn lab(&self, lab: Lab) -> PathBuf {
        self.root.join(lab.of_the_kit().folder())
    }

    /// The folder of the student's lab that is made from it.
    #[must_use]
    pub fn own(&self, lab: Lab) -> PathBuf {
        self.work.join(lab.of_the_kit().short)
    }

    /// The same, if it is there.
    fn existing(&self, lab: Lab) -> Result<PathBuf, OwnError> {
        let own = self.own(lab);
        let short = lab.of_the_kit().short;
        match own.exists() {
            true => Ok(own),
            false if Exercise::is_there(self, lab) => Err(OwnError::NotStarted(short)),
            false => Err(OwnError::NoExercise(short)),
        }
    }

    /// A path as a student would type it in the top folder.
    fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// Something about an own lab cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// The lab has no exercise.
    #[error(
        "{0} has no exercise of this kind: say lab1, lab2 or lab3. Lab 4 has open tasks: do them in a branch of the kit (git switch -c my-lab4), and judge them with scripts/check.sh lab4"
    )]
    NoExercise(&'static str),
    /// There is an own lab already.
    #[error(
        "work/{0} is there already. To begin again, and keep a copy of yours: scripts/check.sh reset {0}"
    )]
    Exists(&'static str),
    /// There is no own lab yet.
    #[error("there is no work/{0}. To make it: scripts/check.sh start {0}")]
    NotStarted(&'static str),
    /// The file of an exercise cannot be used.
    #[error(transparent)]
    Exercise(#[from] DataError),
    /// The start of a file cannot be derived.
    #[error("{path}: {error}", path = .path.display())]
    Derive {
        /// The file.
        path: PathBuf,
        /// Why.
        error: DeriveError,
    },
    /// A dependency of a lab is not in the kit's `Cargo.toml`.
    #[error("Cargo.toml of the kit has no line that begins with '{0} ='")]
    Dependency(String),
    /// A file cannot be read or written.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// `git merge-file` does not work.
    #[error("git merge-file does not work: {0}. Nothing was changed.")]
    Git(String),
}

/// Reads a file.
fn read(path: &Path) -> Result<Vec<u8>, OwnError> {
    fs::read(path).map_err(|error| OwnError::File { path: path.to_owned(), error })
}

/// Reads a file, if there is one.
fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, OwnError> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// Writes a file, and makes its folder. A file that has these bytes keeps its time, so that cargo builds nothing again.
fn write(path: &Path, bytes: &[u8]) -> Result<(), OwnError> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let written =
        path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| OwnError::File { path: path.to_owned(), error })
}
