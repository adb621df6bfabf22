//! The folder of a recording: made under another name, and renamed when it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use harness::cleanup;
use tempfile::TempDir;

use super::RecordError;
use crate::sys::FileError;

/// A folder in the making. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Folder {
    made: TempDir,
    out: PathBuf,
}

impl Folder {
    /// Begins the folder `out`, next to where it will be, so that a rename is enough.
    pub(super) fn begin(out: &Path) -> Result<Self, RecordError> {
        if out.exists() && !is_recording(out) {
            return Err(RecordError::Taken(out.to_owned()));
        }
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|error| FileError::new(parent, error))?;
        let made = tempfile::Builder::new().prefix(".recording-").tempdir_in(parent);
        let made = made.map_err(|error| FileError::new(parent, error))?;
        cleanup::remove_on_signal(made.path());
        Ok(Self { made, out: out.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        self.made.path()
    }

    /// Gives the folder its name, in the place of the recording that may have had it.
    pub(super) fn finish(self) -> Result<PathBuf, RecordError> {
        let failed = |error| FileError::new(&self.out, error);
        if is_recording(&self.out) {
            let old = self.path().with_extension("old");
            fs::rename(&self.out, &old).map_err(failed)?;
            fs::rename(self.path(), &self.out).map_err(failed)?;
            fs::remove_dir_all(&old).map_err(failed)?;
        } else {
            fs::rename(self.path(), &self.out).map_err(failed)?;
        }
        make_readable(&self.out);
        Ok(self.out)
    }
}

/// An empty folder is as good as none.
fn is_recording(folder: &Path) -> bool {
    folder.join("meta.json").is_file()
        || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// A temporary folder is for its owner only; a recording is for everybody.
fn make_readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // Whoever made it can read it, whatever comes of this.
    _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o755));
}
