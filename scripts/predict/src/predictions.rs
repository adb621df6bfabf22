//! The questions of a lab, as data: `labs/labN/exercise/predictions.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use harness::labs::Lab;
use lens::view::Recorded;
use serde::Deserialize;

use crate::measure::{Measure, Moment, Seen};
use crate::question::{Choice, Key, Question};

/// The choice that is right where no other one is.
const ELSE: &str = "else";
/// So many lines of evidence are shown.
const MOST_LINES: usize = 7;
/// Of more, so many of the first ones, and the rest from the end.
const FIRST_LINES: usize = 4;

/// A question that is asked before a run.
#[derive(Debug, Clone, Deserialize)]
pub struct Prediction {
    /// What is asked.
    #[serde(flatten)]
    pub question: Question,
    /// The scenario that decides.
    pub scenario: String,
    /// What of it decides.
    pub measure: Measure,
    /// When the film of a run asks it: before the run has told. `None` if the film does not ask.
    pub stop: Option<Moment>,
}

/// Why there are no questions.
#[derive(Debug, thiserror::Error)]
pub enum PredictionsError {
    /// The file cannot be read.
    #[error("{}: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// It is not as it should be.
    #[error("{}: {error}", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Where and why.
        error: Box<toml::de::Error>,
    },
}

/// The questions of a lab of the kit at `kit`, in the order of its sheet.
///
/// # Errors
/// If the file is missing, or not as it should be.
pub fn read(kit: &Path, lab: Lab) -> Result<Vec<Prediction>, PredictionsError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        prediction: Vec<Prediction>,
    }
    let path = kit.join(lab.of_the_kit().folder()).join("exercise/predictions.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return Err(PredictionsError::Read { path, error }),
    };
    match toml::from_str::<File>(&text) {
        Ok(file) => Ok(file.prediction),
        Err(error) => Err(PredictionsError::Format { path, error: Box::new(error) }),
    }
}

impl Prediction {
    /// What a run says; `None` if it does not tell.
    #[must_use]
    pub fn key(&self, run: &Recorded) -> Option<Key> {
        let found = self.measure.of(run)?;
        let choices = &self.question.choices;
        let right = choices.iter().find(|choice| found.value.is(&choice.is));
        let right = right.or_else(|| choices.iter().find(|choice| choice.is == ELSE))?;
        Some(Key { is: right.is.clone(), evidence: lines(run, found.seen) })
    }

    /// The choice that is kept under this name.
    #[must_use]
    pub fn choice(&self, is: &str) -> Option<&Choice> {
        self.question.choices.iter().find(|choice| choice.is == is)
    }
}

/// The evidence in the order of time, and not too much of it.
fn lines(run: &Recorded, mut seen: Vec<Seen>) -> Vec<String> {
    seen.sort_by_key(|seen| seen.at_us.unwrap_or(u64::MAX));
    seen.dedup();
    let zero = run.events.first().map_or(0, |event| event.at_us);
    let mut lines: Vec<String> = seen.iter().map(|seen| seen.line(zero)).collect();
    if lines.len() > MOST_LINES + 1 {
        let elided = FIRST_LINES..lines.len() - (MOST_LINES - FIRST_LINES);
        let count = elided.len();
        lines.splice(elided, [format!("{:>9}  {count} more like these", "…")]);
    }
    lines
}
