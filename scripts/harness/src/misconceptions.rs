//! What students often believe and is not true, as data: `labs/misconceptions.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::data::{self, DataError};

/// A wrong belief.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// Its name, in kebab-case. Choices and steps name it.
    pub name: String,
    /// What is believed, in a sentence.
    pub says: String,
    /// What shows that it is wrong: a file and a heading of the kit.
    pub refuted_by: String,
}

/// All of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconceptions {
    /// In the order of the file.
    #[serde(rename = "misconception")]
    pub all: Vec<Misconception>,
}

impl Misconceptions {
    /// Reads those of the kit at `kit`.
    ///
    /// # Errors
    /// If the file is missing, or not as it should be.
    pub fn read(kit: &Path) -> Result<Self, DataError> {
        data::read(&kit.join("labs/misconceptions.toml"))
    }

    /// The one of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Misconception> {
        self.all.iter().find(|misconception| misconception.name == name)
    }
}
