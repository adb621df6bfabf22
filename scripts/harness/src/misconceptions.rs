//! What students often believe and is not true, as data: `labs/misconceptions.toml`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

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

/// Why they are not known.
#[derive(Debug, thiserror::Error)]
pub enum MisconceptionsError {
    /// The file cannot be read.
    #[error("{}: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
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

impl Misconceptions {
    /// Reads those of the kit at `kit`.
    ///
    /// # Errors
    /// If the file is missing, or not as it should be.
    pub fn read(kit: &Path) -> Result<Self, MisconceptionsError> {
        let path = kit.join("labs/misconceptions.toml");
        match fs::read_to_string(&path).map(|text| toml::from_str(&text)) {
            Ok(Ok(all)) => Ok(all),
            Ok(Err(error)) => Err(MisconceptionsError::Format { path, error: Box::new(error) }),
            Err(error) => Err(MisconceptionsError::Read { path, error }),
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Misconception> {
        self.all.iter().find(|misconception| misconception.name == name)
    }
}
