//! A submission: what a student wrote of a lab, with the version of the kit, in one file (a `tar.gz`).
//!
//! It has the files that are the student's, `manifest.json`, and the answers to the predictions, if there are any. All of it comes
//! from a student, so that nothing in it is believed: [`open`] takes files of the expected names only, and of no more than
//! a certain size.

mod content;
mod pack;
mod unpack;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::own::OwnError;

pub use content::Submission;
pub use pack::{Packed, submit};
pub use unpack::open;

/// What the name of a submission ends with.
pub const ENDING: &str = ".submission.tar.gz";
/// What is said of it.
const MANIFEST: &str = "manifest.json";
/// The student's answers to the predictions.
const ANSWERS: &str = "answers.json";

/// What a submission says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the kit of the student.
    pub kit: String,
    /// Its commit; `None` if it is not in git.
    pub commit: Option<String>,
    /// The lab: `lab2`.
    pub lab: String,
    /// The student's name.
    pub name: String,
    /// When it was packed.
    pub time: String,
    /// The files of the student's, each with its SHA-256.
    pub files: BTreeMap<PathBuf, String>,
}

/// A submission cannot be packed, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// There is no own lab, or it cannot be read.
    #[error(transparent)]
    Own(#[from] OwnError),
    /// Nobody has said who the student is.
    #[error("who are you? Say --name 'YOUR NAME', or once: git config user.name 'YOUR NAME'")]
    NoName,
    /// No file can be named so.
    #[error("'{0}' has no letter and no digit, so no file can be named so")]
    Name(String),
    /// A file cannot be read or written.
    #[error("{path}: {error}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// It has more in it than a student writes.
    #[error("{path}: there is too much in it: more than {most}", path = .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How much there may be.
        most: &'static str,
    },
    /// It is of no lab.
    #[error("{0}: it does not say of which lab it is: say --lab lab1, --lab lab2 or --lab lab3")]
    NoLab(PathBuf),
    /// None of the student's files is in it.
    #[error("{0}: it has none of the files of {1}: {2}")]
    Empty(PathBuf, &'static str, String),
}

/// The SHA-256 of these bytes, in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
