//! A file for a result. It is opened before any server runs, and written after all of them have ended.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Bits of a mode: others than the owner may write.
const OTHERS_WRITE: u32 = 0o022;

/// A result cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The file cannot be opened, or takes no more.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another file has its name now.
    #[error("{}: another file has taken its place during the check, so nothing was written", .0.display())]
    Replaced(PathBuf),
}

/// A file, or stdout.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    /// `None` is stdout.
    file: Option<File>,
}

impl Output {
    /// Opens it; `-` is stdout. The file is empty from now on: one of an earlier check must not be taken for a new one. The server
    /// does not inherit it, and another user cannot write to it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn open(path: &Path) -> Result<Self, OutputError> {
        let failed = |error| OutputError::File { path: path.to_owned(), error };
        if path == Path::new("-") {
            return Ok(Self { path: path.to_owned(), file: None });
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        let file = file.map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_file() && about.mode() & OTHERS_WRITE != 0 {
            let mode = fs::Permissions::from_mode(about.mode() & !OTHERS_WRITE);
            file.set_permissions(mode).map_err(failed)?;
        }
        Ok(Self { path: path.to_owned(), file: Some(file) })
    }

    /// Whether it is stdout.
    #[must_use]
    pub fn is_stdout(&self) -> bool {
        self.file.is_none()
    }

    /// Writes it. Whatever a server may have put there is gone then.
    ///
    /// # Errors
    /// If the file takes no more, or if another file has its name now.
    pub fn write(self, text: &str) -> Result<(), OutputError> {
        let Self { path, file } = self;
        let written = match file {
            None => io::stdout().lock().write_all(text.as_bytes()),
            Some(file) => match is_at(&file, &path) {
                Ok(false) => return Err(OutputError::Replaced(path)),
                is_there => is_there.and_then(|_| overwrite(file, text)),
            },
        };
        written.map_err(|error| OutputError::File { path, error })
    }
}

/// Whether an open file is still the one with this name. A pipe has no place where another could be.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    if !ours.is_file() {
        return Ok(true);
    }
    Ok(fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())))
}

fn overwrite(mut file: File, text: &str) -> io::Result<()> {
    if file.metadata()?.is_file() {
        file.set_len(0)?;
        file.rewind()?;
    }
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn what_a_server_has_written_is_gone() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("result.json");
        fs::write(&path, "of an earlier check").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let output = Output::open(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o644);
        fs::write(&path, "18 of 18 steps work, and much more").unwrap();
        output.write("0 of 18").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "0 of 18");
    }

    #[test]
    fn a_file_that_takes_its_place_is_not_taken_for_it() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("result.json");
        let output = Output::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "18 of 18").unwrap();
        let error = output.write("0 of 18").unwrap_err();
        assert!(matches!(error, OutputError::Replaced(_)), "{error}");
        assert!(Output::open(&folder.path().join("no/such/folder")).is_err());
    }
}
