//! The place where submissions are built, one after the other.
//!
//! It is always the same one, below the folder of all that is built. So cargo builds the crates of the kit once, and of each
//! submission only the student's own.

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use harness::cleanup;
use harness::labs::Lab;
use rustix::fs::{FlockOperation, flock};

use super::{BatchError, Item};
use crate::own::{self, BuildError, Kit};

/// The crates of the kit are built in this time on any machine.
const FIRST: Duration = Duration::from_secs(3600);
/// The student's files are built in this time.
const EACH: Duration = Duration::from_secs(120);

/// The place. Dropped, it is removed.
pub(super) struct Workshop {
    folder: PathBuf,
    kit: Kit,
    /// Nobody else has the place meanwhile.
    _lock: File,
}

impl Workshop {
    /// Takes the place.
    pub(super) fn open(kit: &Kit) -> Result<Self, BatchError> {
        let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let target = kit.root.join(target);
        let path = target.join("grading.lock");
        let lock = fs::create_dir_all(&target).and_then(|()| File::create(&path));
        let lock = lock.map_err(|error| BatchError::File { path, error })?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| BatchError::Busy)?;
        let folder = target.join("grading");
        cleanup::remove_on_signal(&folder);
        let kit = Kit { root: kit.root.clone(), work: folder.join("work") };
        Ok(Self { folder, kit, _lock: lock })
    }

    /// Builds the start of a lab, and with it all that its submissions need of the kit.
    pub(super) fn prepare(&self, lab: Lab) -> Result<(), BatchError> {
        let placed = own::place(&self.kit, lab, &std::collections::BTreeMap::new());
        let built = placed
            .map_err(BuildError::Own)
            .and_then(|()| own::build_quietly(&self.kit, lab, FIRST));
        built.map(drop).map_err(|error| BatchError::Kit(lab.short, error))
    }

    /// Builds a submission. The program has a place of its own, because the next one replaces what cargo has made. That a
    /// submission does not build is a result.
    pub(super) fn build(&self, item: &Item) -> Result<Result<PathBuf, BuildError>, BatchError> {
        let lab = item.submission.lab;
        let placed = own::place(&self.kit, lab, &item.submission.files);
        placed.map_err(|error| BatchError::Kit(lab.short, error.into()))?;
        match own::build_quietly(&self.kit, lab, EACH) {
            Ok(program) => self.keep(item, &program).map(Ok),
            Err(error @ (BuildError::Own(_) | BuildError::NoCargo)) => {
                Err(BatchError::Kit(lab.short, error))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    fn keep(&self, item: &Item, program: &std::path::Path) -> Result<PathBuf, BatchError> {
        let folder = self.folder.join("programs").join(&item.name);
        let kept = folder.join(program.file_name().unwrap_or_default());
        let copied = fs::create_dir_all(&folder).and_then(|()| fs::copy(program, &kept));
        copied.map(|_| kept.clone()).map_err(|error| BatchError::File { path: kept, error })
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What is left is in nobody's way: the next one removes it.
        _ = fs::remove_dir_all(&self.folder);
    }
}
