//! Why nothing was recorded, in one sentence each.

use std::path::PathBuf;

use harness::labs;

use crate::sys::tools::NotInstalled;
use crate::sys::{FileError, ServerError};

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A tool is missing.
    #[error(transparent)]
    Missing(#[from] NotInstalled),
    /// The lab was not built.
    #[error("{package} does not build: cargo build {words} tells why")]
    Build {
        /// Its package.
        package: &'static str,
        /// Which words tell cargo what is meant.
        words: String,
    },
    /// The lab was not ready in time, or has ended before.
    #[error("{error} (to try it yourself: {})", to_run(package))]
    Start {
        /// Its package.
        package: &'static str,
        /// What it says, or what we saw.
        error: ServerError,
    },
    /// Redis was not ready in time, or a server did not end as it should.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The folder is there already, and is not ours to replace.
    #[error("{} is there already and is no recording: give another folder with --out", .0.display())]
    Taken(PathBuf),
    /// There is no recording whose lines could be renewed.
    #[error("{} is no recording: leave --lines out to make one", .0.display())]
    NoRecording(PathBuf),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What to type to start it.
fn to_run(package: &str) -> String {
    match labs::find(package) {
        Ok(lab) => format!("cargo run {}", lab.cargo_words().join(" ")),
        Err(_) => package.to_owned(),
    }
}
