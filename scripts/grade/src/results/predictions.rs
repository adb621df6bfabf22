//! How a student has answered the predictions: `work/answers.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::Predictions;

#[derive(Deserialize)]
struct Answer {
    /// Missing while no run has decided yet.
    right: Option<bool>,
    misconception: Option<String>,
}

impl Predictions {
    /// Those of a lab; `None` if there are none.
    #[must_use]
    pub fn read(answers: &Path, lab: &str) -> Option<Self> {
        let text = fs::read(answers).ok()?;
        let mut labs: BTreeMap<String, BTreeMap<String, Answer>> =
            serde_json::from_slice(&text).ok()?;
        let answers: Vec<Answer> = labs.remove(lab)?.into_values().collect();
        let count = |right| answers.iter().filter(|answer| answer.right == Some(right)).count();
        let (right, wrong) = (count(true), count(false));
        let misconceptions: BTreeSet<String> =
            answers.into_iter().filter_map(|answer| answer.misconception).collect();
        Some(Self { right, wrong, misconceptions: misconceptions.into_iter().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn each_misconception_is_named_once() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("answers.json");
        assert_eq!(Predictions::read(&path, "lab1"), None);
        let wrong = |name: &str| {
            format!(r#"{{ "choice": "b", "right": false, "misconception": "{name}" }}"#)
        };
        let (refused, fifo) = (wrong("refused"), wrong("fifo"));
        let right = r#"{ "choice": "a", "right": true }"#;
        let locked = r#"{ "choice": "a" }"#;
        let text = format!(
            r#"{{ "lab1": {{ "1": {refused}, "2": {right}, "3": {fifo}, "4": {refused}, "5": {locked} }} }}"#
        );
        fs::write(&path, text).unwrap();
        let read = Predictions::read(&path, "lab1").unwrap();
        assert_eq!((read.right, read.wrong), (1, 3));
        assert_eq!(read.misconceptions, ["fifo", "refused"]);
        assert_eq!(Predictions::read(&path, "lab2"), None);
    }
}
