//! What was answered: `work/answers.json`. All that stands in it and is not known here is kept.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use harness::data;
use serde_json::{Map, Value, json};

/// The answers of a student to all questions of all labs.
#[derive(Debug)]
pub struct Answers {
    path: PathBuf,
    all: Map<String, Value>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which choice: `Choice::is`.
    pub choice: String,
    /// Whether it is right; `None` if no run has decided yet.
    pub right: Option<bool>,
    /// The misconception behind it, where it is wrong.
    pub misconception: Option<String>,
}

/// Why the answers are not known, or not kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// The file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The file is there, and is something else.
    #[error("{} holds no answers, so none can be added: mend it or move it away", .0.display())]
    Format(PathBuf),
}

impl Answers {
    /// Reads them from the folder `work`. Where there is no file, there are none.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn read(work: &Path) -> Result<Self, AnswersError> {
        let path = work.join("answers.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => b"{}".to_vec(),
            Err(error) => return Err(AnswersError::File { path, error }),
        };
        match serde_json::from_slice(&text) {
            Ok(Value::Object(all)) if all.values().all(Value::is_object) => Ok(Self { path, all }),
            _ => Err(AnswersError::Format(path)),
        }
    }

    /// The answer to a question, if there is one.
    #[must_use]
    pub fn of(&self, lab: &str, question: &str) -> Option<Answer> {
        let answer = self.all.get(lab)?.get(question)?;
        let text = |name: &str| Some(answer.get(name)?.as_str()?.to_owned());
        Some(Answer {
            choice: text("choice")?,
            right: answer.get("right").and_then(Value::as_bool),
            misconception: text("misconception"),
        })
    }

    /// Keeps an answer, in the place of one to the same question, and writes the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep(&mut self, lab: &str, question: &str, answer: &Answer) -> Result<(), AnswersError> {
        let mut kept = json!({ "choice": answer.choice });
        if let Some(right) = answer.right {
            kept["right"] = json!(right);
        }
        if let Some(misconception) = &answer.misconception {
            kept["misconception"] = json!(misconception);
        }
        let of_lab = self.all.entry(lab).or_insert_with(|| json!({}));
        of_lab[question] = kept;
        self.write().map_err(|error| AnswersError::File { path: self.path.clone(), error })
    }

    fn write(&self) -> io::Result<()> {
        let text = serde_json::to_string_pretty(&self.all).map_err(io::Error::other)?;
        data::replace(&self.path, (text + "\n").as_bytes())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // Where a test cannot go on, it fails.
mod tests {
    use super::*;

    #[test]
    fn answers_keep_what_was_in_the_file() {
        let work = tempfile::tempdir().unwrap();
        let path = work.path().join("answers.json");
        let old = r#"{"lab9": {"x": {"choice": "1", "right": true, "at": 7}}, "lab1": {"y": {"choice": "2", "right": false}}}"#;
        fs::write(&path, old).unwrap();
        let mut answers = Answers::read(work.path()).unwrap();
        let locked = Answer { choice: "b".to_owned(), right: None, misconception: None };
        answers.keep("lab1", "second-client", &locked).unwrap();
        let answers = Answers::read(work.path()).unwrap();
        assert_eq!(answers.of("lab1", "second-client"), Some(locked));
        assert_eq!(answers.of("lab1", "y").unwrap().right, Some(false));
        let text: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(text["lab9"]["x"]["at"], 7);
        assert_eq!(fs::read_dir(work.path()).unwrap().count(), 1, "no .part stays");
    }

    #[test]
    fn a_file_that_holds_something_else_is_left_alone() {
        let work = tempfile::tempdir().unwrap();
        for text in ["[]", "not JSON", r#"{"lab1": 3}"#] {
            fs::write(work.path().join("answers.json"), text).unwrap();
            assert!(matches!(Answers::read(work.path()), Err(AnswersError::Format(_))), "{text}");
        }
        assert!(Answers::read(&work.path().join("new")).unwrap().of("lab1", "x").is_none());
    }
}
