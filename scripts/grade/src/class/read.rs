//! Reads the files of results.

use std::fs;
use std::path::{Path, PathBuf};

use harness::labs::{self, UnknownLab};

use crate::results::Graded;

/// A file that is no result.
#[derive(Debug, thiserror::Error)]
pub enum ClassError {
    /// It cannot be read.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// It has something else in it.
    #[error("{}: this is no result of a check ({error})", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// It is about a lab that is none.
    #[error("{}: {error}", .path.display())]
    Lab {
        /// The file.
        path: PathBuf,
        /// Which.
        error: UnknownLab,
    },
}

/// Reads a result. It is returned with the name of its file, without its ending.
///
/// # Errors
/// If it cannot be read, or if it is no result.
pub fn read(path: &Path) -> Result<(String, Graded), ClassError> {
    let text = fs::read(path).map_err(|error| ClassError::File { path: path.to_owned(), error })?;
    let result: Graded = serde_json::from_slice(&text)
        .map_err(|error| ClassError::Format { path: path.to_owned(), error })?;
    labs::find(&result.lab).map_err(|error| ClassError::Lab { path: path.to_owned(), error })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, result))
}
