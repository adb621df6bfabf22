//! Opens a submission, which may have been made to do harm.
//!
//! Nothing is written: files of the expected names are read into memory, and all else is ignored. So a path that leads elsewhere
//! and a link have no effect.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use harness::labs::{LABS, Lab};
use tar::{Archive, EntryType};

use super::content::Found;
use super::{ANSWERS, MANIFEST, Submission, SubmissionError};
use crate::own::{Exercise, Kit};

/// A file of a student has at most so many bytes.
const FILE: u64 = 1024 * 1024;
/// An archive has at most so many bytes, unpacked.
const ALL: u64 = 16 * 1024 * 1024;
/// It has at most so many files.
const ENTRIES: usize = 200;

/// Opens a submission, or a folder with the files of one. Its lab is `lab` where it does not say it.
///
/// # Errors
/// If it cannot be read, is too large, or has none of the student's files.
pub fn open(kit: &Kit, path: &Path, lab: Option<Lab>) -> Result<Submission, SubmissionError> {
    let expected = expected(kit);
    let found = if path.is_dir() { folder(path, &expected) } else { archive(path, &expected) };
    found?.submission((kit, path), lab)
}

/// The names of all files that a submission of some lab has.
fn expected(kit: &Kit) -> BTreeSet<PathBuf> {
    let exercises = LABS.iter().filter_map(|lab| Exercise::read(kit, *lab).ok());
    let mut names: BTreeSet<PathBuf> = [MANIFEST, ANSWERS].map(PathBuf::from).into();
    for exercise in exercises {
        names.extend(exercise.files().into_iter().map(Path::to_owned));
    }
    names
}

fn archive(path: &Path, expected: &BTreeSet<PathBuf>) -> Result<Found, SubmissionError> {
    let failed = |error| SubmissionError::File { path: path.to_owned(), error };
    let too_large = |most| SubmissionError::TooLarge { path: path.to_owned(), most };
    let bytes = GzDecoder::new(File::open(path).map_err(failed)?);
    // Where it ends too early because of this limit, the archive is not whole.
    let mut limited = Limited { bytes, left: ALL };
    match read_entries(&mut Archive::new(&mut limited), expected) {
        _ if limited.left == 0 => Err(too_large("16 MiB")),
        Ok(None) => Err(too_large("200 files")),
        Ok(Some(found)) => Ok(found),
        Err(error) => Err(failed(error)),
    }
}

/// Reads no more than so many bytes.
struct Limited<R> {
    bytes: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.bytes.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

/// The expected files of an archive; `None` if there are too many of any kind.
fn read_entries(
    archive: &mut Archive<impl Read>,
    expected: &BTreeSet<PathBuf>,
) -> io::Result<Option<Found>> {
    let mut found = Found::default();
    for (count, entry) in archive.entries()?.enumerate() {
        if count == ENTRIES {
            return Ok(None);
        }
        let entry = entry?;
        let path = entry.path()?.into_owned();
        let name = path.display().to_string();
        let path = path.strip_prefix("./").unwrap_or(&path);
        let why = match entry.header().entry_type() {
            EntryType::Directory => continue,
            EntryType::Regular if !expected.contains(path) => "not a file of a lab",
            EntryType::Regular if entry.size() > FILE => "longer than 1 MiB",
            EntryType::Regular if found.files.contains_key(path) => "there twice",
            EntryType::Regular => {
                let mut bytes = Vec::new();
                let path = path.to_owned();
                entry.take(FILE).read_to_end(&mut bytes)?;
                found.files.insert(path, bytes);
                continue;
            }
            _ => "not a plain file",
        };
        found.ignore(&name, why);
    }
    Ok(Some(found))
}

/// The expected files of a folder. A link that leads out of it is ignored.
fn folder(top: &Path, expected: &BTreeSet<PathBuf>) -> Result<Found, SubmissionError> {
    let failed = |error| SubmissionError::File { path: top.to_owned(), error };
    let top = top.canonicalize().map_err(failed)?;
    let mut found = Found::default();
    for name in expected {
        let path = top.join(name);
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        let is_inside = path.canonicalize().is_ok_and(|real| real == path);
        let why = match () {
            () if !about.is_file() || !is_inside => "not a plain file",
            () if about.len() > FILE => "longer than 1 MiB",
            () => {
                found.files.insert(name.clone(), fs::read(&path).map_err(failed)?);
                continue;
            }
        };
        found.ignore(&name.display().to_string(), why);
    }
    Ok(found)
}
