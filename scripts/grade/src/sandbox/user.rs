//! As which user a server runs.

use std::ops::Range;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use procfs::process::{Process, all_processes};
use rustix::process::geteuid;
use tempfile::TempDir;

use super::{HAS_TOOLS, succeeds};
use crate::server::Start;

/// Numbers of users that belong to nobody: <https://systemd.io/UIDS-GIDS/>, *unused*. All are below 65,536, so that they are there in
/// a container, too.
const UIDS: Range<u32> = 60_706..61_184;
/// `CAP_SYS_PTRACE`, without which root may not look at the processes of others. Docker takes it away.
const MAY_LOOK: u64 = 1 << 19;

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

/// The number of a user who has no process, and who was not given to one of our last servers: several are started at the same time.
pub(super) fn free_uid() -> Option<u32> {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(fastrand::u32(UIDS)));
    let used: Vec<u32> =
        all_processes().ok()?.flatten().filter_map(|process| process.uid().ok()).collect();
    let count = UIDS.end - UIDS.start;
    let next = || UIDS.start + NEXT.fetch_add(1, Ordering::Relaxed) % count;
    let mut tries = std::iter::repeat_with(next).take(100);
    tries.find(|uid| !used.contains(uid))
}

/// How many threads our own user has. (Those of root have no limit, so it is not worth the time to count them.)
pub(super) fn our_threads() -> u64 {
    let me = geteuid();
    if me.is_root() {
        return 0;
    }
    let all = all_processes().into_iter().flatten().flatten();
    let ours = all.filter(|process| process.uid().is_ok_and(|uid| uid == me.as_raw()));
    ours.filter_map(|process| u64::try_from(process.stat().ok()?.num_threads).ok()).sum()
}

/// Whether we can run a program as another user, and look at it.
fn may_change_user() -> Result<(), String> {
    let me = Process::myself().and_then(|me| me.status());
    if !me.is_ok_and(|status| status.capeff & MAY_LOOK != 0) {
        return Err("here, root may not look at other users (CAP_SYS_PTRACE)".to_owned());
    }
    if !is_open(&env::temp_dir()) {
        return Err(format!("other users may not enter {}", env::temp_dir().display()));
    }
    let mut setpriv = Command::new("setpriv");
    let is_done = *HAS_TOOLS && succeeds(setpriv.args(options(UIDS.start)).args(["--", "true"]));
    if is_done { Ok(()) } else { Err("setpriv cannot change the user here".to_owned()) }
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
