//! The answers of a student: `work/answers.json`, by lab and by the name of the question.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// [`Choice::is`](crate::question::Choice::is) of what was chosen.
    pub choice: String,
    /// Whether it was the key.
    pub right: bool,
    /// Which misconception it shows, if it was wrong and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misconception: Option<String>,
}

/// All answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    path: PathBuf,
    labs: BTreeMap<String, BTreeMap<String, Answer>>,
}

/// The answers cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}", path = .path.display())]
pub struct AnswersError {
    path: PathBuf,
    error: io::Error,
}

impl Answers {
    /// Reads them from the folder `work`.
    ///
    /// # Errors
    /// If they are there and cannot be read: they count, so they are not replaced.
    pub fn read(work: &Path) -> Result<Self, AnswersError> {
        let path = work.join("answers.json");
        let labs = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error),
        };
        match labs {
            Ok(labs) => Ok(Self { path, labs }),
            Err(error) => Err(AnswersError { path, error }),
        }
    }

    /// The answer to a question.
    #[must_use]
    pub fn of(&self, lab: &str, question: &str) -> Option<&Answer> {
        self.labs.get(lab)?.get(question)
    }

    /// Keeps an answer, in the place of an older one.
    pub fn insert(&mut self, lab: &str, question: &str, answer: Answer) {
        self.labs.entry(lab.to_owned()).or_default().insert(question.to_owned(), answer);
    }

    /// Writes them. Whoever is interrupted leaves the old file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self) -> Result<(), AnswersError> {
        let part = self.path.with_extension("json.part");
        let written = serde_json::to_string_pretty(&self.labs).map_err(io::Error::other);
        let written = written.and_then(|text| {
            self.path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&part, text + "\n")?;
            fs::rename(&part, &self.path)
        });
        written.map_err(|error| AnswersError { path: self.path.clone(), error })
    }
}
