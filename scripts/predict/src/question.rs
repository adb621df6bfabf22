//! A question with its choices, and the key that a run gives.

use serde::Deserialize;

/// A question that a student answers with one of some choices.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Question {
    /// Stable: answers are kept under it.
    pub name: String,
    /// What is asked.
    pub text: String,
    /// What can be answered.
    pub choices: Vec<Choice>,
    /// The heading of the lab sheet that explains it, as an anchor.
    pub read: Option<String>,
}

/// One answer that can be given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choice {
    /// Stable: answers are kept as it, and a measure gives it as the key.
    pub is: String,
    /// What the student reads.
    pub text: String,
    /// Which misconception in `labs/misconceptions.toml` someone holds who answers so.
    pub misconception: Option<String>,
    /// Why it is wrong, where it is.
    pub because: Option<String>,
}

/// What a run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// [`Choice::is`] of the right answer.
    pub is: String,
    /// The lines of the run that decide, each fit for a terminal.
    pub evidence: Vec<String>,
}
