//! The files that a comparison leaves: for machines, for a wiki, and the page.

use std::fs;
use std::path::Path;

use super::CompareError;
use crate::report::model::Comparison;
use crate::report::{markdown, page};

/// Makes the folder.
pub(super) fn prepare(out: &Path) -> Result<(), CompareError> {
    fs::create_dir_all(out).map_err(|error| failed(out, &error))
}

/// Writes all of them, and returns a line for each.
pub(super) fn write(comparison: &Comparison, out: &Path) -> Result<String, CompareError> {
    let json = serde_json::to_string_pretty(comparison);
    let json = json.map_err(|error| failed(&out.join("compare.json"), &error))?;
    let files = [
        ("index.html", page::html(comparison)),
        ("compare.md", markdown::text(comparison)),
        ("compare.json", json + "\n"),
    ];
    let written = files.map(|(name, text)| {
        let path = out.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
        Ok(format!("Written: {}\n", path.display()))
    });
    written.into_iter().collect()
}

fn failed(path: &Path, error: &dyn std::error::Error) -> CompareError {
    CompareError::File { path: path.to_owned(), why: error.to_string() }
}
