//! Files of the kit and of students: read where they are written in TOML, and replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It cannot be read.
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

/// Reads what is in a file.
///
/// # Errors
/// If the file cannot be read, or is not as it should be.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T, DataError> {
    let text = fs::read_to_string(path)
        .map_err(|error| DataError::Read { path: path.to_owned(), error })?;
    toml::from_str(&text)
        .map_err(|error| DataError::Format { path: path.to_owned(), error: Box::new(error) })
}

/// Writes a file whole or not at all, and makes its folder. Who is interrupted in the middle leaves the old file.
///
/// # Errors
/// If it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, bytes)?;
    fs::rename(part, path)
}
