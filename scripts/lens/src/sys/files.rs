//! Files that are written for somebody, and what is said when that fails.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// A file could not be written, or is not there.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", .path.display())]
pub struct FileError {
    /// Which.
    path: PathBuf,
    /// Why.
    why: String,
}

impl FileError {
    /// Of this file, for this reason.
    pub(crate) fn new(path: &Path, why: impl Display) -> Self {
        Self { path: path.to_owned(), why: why.to_string() }
    }
}

/// Writes a file, in a folder that is made if it is not there.
///
/// # Errors
/// If the folder or the file cannot be written.
pub fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<(), FileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, text)).map_err(|error| FileError::new(path, error))
}

/// Writes what there is to know as JSON, for machines.
pub(crate) fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), FileError> {
    let json = serde_json::to_string_pretty(value).map_err(|error| FileError::new(path, error))?;
    write(path, json + "\n")
}
