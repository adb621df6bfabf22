//! As which user a server runs.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{env, fs};

use rustix::process::geteuid;
use tempfile::TempDir;

use crate::server::Start;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other as system;

use system::may_change_user;
pub(super) use system::{free_uid, our_threads};

/// As whom a server runs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// As we do.
    #[default]
    Same,
    /// As a user of its own.
    Other,
}

/// How a server is started, and as whom.
#[derive(Debug)]
pub struct Prepared {
    /// How. The program may be a copy.
    pub start: Start,
    /// As whom.
    pub user: User,
    /// Why it runs as root, in a sentence, if it does.
    pub note: Option<String>,
    /// Where the copy is.
    _copy: Option<TempDir>,
}

/// Says as whom a server runs: as a user of its own if we are root, and that user can run it. A program in a folder that others
/// may not enter is copied; a command runs as we do then, because nobody knows which files it needs.
#[must_use]
pub fn prepare(start: Start, wants_same: bool) -> Prepared {
    let as_we_do = |start, note| Prepared { start, user: User::Same, note, _copy: None };
    if wants_same || !geteuid().is_root() {
        return as_we_do(start, None);
    }
    let copied = match &start {
        Start::Lab(program) if !is_open(program) => copy(program),
        Start::Lab(_) => Ok(None),
        Start::Shell(line) => reads_only_open_files(line).map(|()| None),
    };
    let can_be = may_change_user().and(copied);
    match can_be {
        Ok(None) => Prepared { start, user: User::Other, note: None, _copy: None },
        Ok(Some((folder, program))) => Prepared {
            start: Start::Lab(program),
            user: User::Other,
            note: None,
            _copy: Some(folder),
        },
        Err(why) => {
            as_we_do(start, Some(format!("The server runs as root, as this check does: {why}.")))
        }
    }
}

/// What tells `setpriv` to become this user.
pub(super) fn options(uid: u32) -> [String; 3] {
    [format!("--reuid={uid}"), format!("--regid={uid}"), "--clear-groups".to_owned()]
}

/// A copy of a program, where others may run it.
fn copy(program: &Path) -> Result<Option<(TempDir, PathBuf)>, String> {
    let copy = || {
        let folder = TempDir::new()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let copy = folder.path().join(program.file_name().unwrap_or_default());
        fs::copy(program, &copy)?;
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o755))?;
        Ok((folder, copy))
    };
    copy().map(Some).map_err(|error: std::io::Error| format!("no copy of the program: {error}"))
}

/// Whether another user can run a command: the folder where it runs, its program, and all files that it names.
fn reads_only_open_files(line: &str) -> Result<(), String> {
    let here = env::current_dir().map_err(|error| error.to_string())?;
    let words = shlex::split(line).unwrap_or_default();
    let name = words.first().ok_or("the command cannot be taken apart")?;
    let program = on_path(name).ok_or_else(|| format!("there is no program {name}"))?;
    let named = words.iter().map(|word| here.join(word)).filter(|path| path.exists());
    match [here.clone(), program].into_iter().chain(named).find(|path| !is_open(path)) {
        None => Ok(()),
        Some(path) => Err(format!("other users may not read {}", path.display())),
    }
}

/// Where a program is.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Whether any user may read a file, or enter a folder, and enter all folders above it. (It knows nothing of access
/// control lists.)
fn is_open(path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    let has = |path: &Path, bit| fs::metadata(path).is_ok_and(|about| about.mode() & bit != 0);
    let is_readable = if path.is_dir() { has(&path, 0o001) } else { has(&path, 0o004) };
    is_readable && path.ancestors().skip(1).all(|folder| has(folder, 0o001))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_open_when_all_folders_above_it_are() {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(!is_open(&file), "only we may enter {folder:?}");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        assert_eq!(is_open(&file), is_open(&env::temp_dir()));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(!is_open(&file));
        assert!(!is_open(&folder.path().join("none")));
    }

    #[test]
    fn a_server_that_nobody_asks_to_run_as_another_runs_as_we_do() {
        let prepared = prepare(Start::Shell("true".to_owned()), true);
        assert_eq!((prepared.user, prepared.note), (User::Same, None));
    }
}
