//! What a student writes of a lab: `labs/labN/exercise/exercise.toml`.

use std::path::{Path, PathBuf};

use harness::labs::Lab;
use harness::text::wrapped;
use serde::Deserialize;

use harness::data;

use super::derive;
use super::{Kit, OwnError, read_if_there};

/// The exercise of a lab.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// What it is about, in a few words.
    pub title: String,
    /// What will work when all is written, in two sentences.
    pub goal: String,
    /// The functions that the student writes, in the order in which to write them.
    #[serde(rename = "function")]
    pub functions: Vec<Function>,
    /// Functions of the same files that the start of the lab does not have. The student writes such helpers, or others.
    #[serde(default)]
    pub remove: Vec<String>,
    /// What the kit has for these functions, and where.
    pub given: Vec<Given>,
    /// What the lab does although no step asks for it: a sentence or two each.
    pub beyond: Vec<String>,
}

/// Types or functions of the kit that the student needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// What they are called; several are separated by commas.
    pub name: String,
    /// Their file: below `src` in the folder of the lab, or else below the top folder of the kit.
    pub file: PathBuf,
    /// What they do.
    pub does: String,
}

/// A function that the student writes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its name. It stands once in its file.
    pub name: String,
    /// Its file, below the folder of the lab.
    pub file: PathBuf,
    /// What is left in place of its body.
    pub stub: String,
    /// What it must do: one sentence.
    pub must: String,
    /// Three hints. The last one nearly gives the answer.
    pub hints: Vec<String>,
    /// The place in the README of the lab that explains it: `#your-turn`.
    pub anchor: String,
}

impl Exercise {
    /// Whether a lab has one.
    #[must_use]
    pub fn is_there(kit: &Kit, lab: Lab) -> bool {
        Self::path(kit, lab).exists()
    }

    fn path(kit: &Kit, lab: Lab) -> PathBuf {
        kit.lab(lab).join("exercise/exercise.toml")
    }

    /// Reads the exercise of a lab of the kit, or of an own lab.
    ///
    /// # Errors
    /// If the lab has no exercise, or if its file is not as it should be.
    pub fn read(kit: &Kit, lab: Lab) -> Result<Self, OwnError> {
        let path = Self::path(kit, lab);
        if !path.exists() {
            return Err(OwnError::NoExercise(lab.of_the_kit().short));
        }
        Ok(data::read(&path)?)
    }

    /// What the lab does although no step asks for it, as a list that fits a terminal.
    #[must_use]
    pub fn beyond_as_list(&self) -> String {
        let item = |text: &String| wrapped(&format!("- {text}")) + "\n";
        let items: String = self.beyond.iter().map(item).collect();
        format!("The lab of the kit also does what no step asks for:\n{items}")
    }

    /// The files that are the student's, below the folder of the lab.
    #[must_use]
    pub fn files(&self) -> Vec<&Path> {
        let mut files: Vec<&Path> = Vec::new();
        for function in &self.functions {
            if !files.contains(&function.file.as_path()) {
                files.push(&function.file);
            }
        }
        files
    }

    /// The functions that are still as in the starter, in the files of the own lab in this folder. Of a function that is not
    /// found there, nothing is known.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn unwritten(&self, own: &Path) -> Result<Vec<&Function>, OwnError> {
        let mut unwritten = Vec::new();
        for function in &self.functions {
            let text = read_if_there(&own.join(&function.file))?.unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            if derive::is_blank(&text, &function.name, &function.stub).unwrap_or(false) {
                unwritten.push(function);
            }
        }
        Ok(unwritten)
    }

    /// What a file of the student's is at the start, derived from that file of the lab.
    ///
    /// # Errors
    /// If a function is not in its file exactly once.
    pub fn derive(&self, file: &Path, source: &str) -> Result<String, derive::DeriveError> {
        let mut text = source.to_owned();
        for Function { name, must, stub, .. } in
            self.functions.iter().filter(|function| function.file == file)
        {
            text = derive::blank(&text, name, must, stub)?;
        }
        // Only lab 2 has helpers to remove, and it has one file.
        for name in &self.remove {
            text = derive::remove(&text, name)?;
        }
        Ok(text)
    }
}
