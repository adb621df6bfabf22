//! The users of this machine, as `/proc` tells of them.

use std::env;
use std::ops::Range;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use procfs::process::{Process, all_processes};
use rustix::process::geteuid;

use super::is_open;
use crate::sandbox::{HAS_TOOLS, succeeds};

/// Numbers of users that belong to nobody: <https://systemd.io/UIDS-GIDS/>, *unused*. All are below 65,536, so that they are there in
/// a container, too.
const UIDS: Range<u32> = 60_706..61_184;
/// `CAP_SYS_PTRACE`, without which root may not look at the processes of others. Docker takes it away.
const MAY_LOOK: u64 = 1 << 19;

/// The number of a user who has no process, and who was not given to one of our last servers: several are started at the same time.
pub(in crate::sandbox) fn free_uid() -> Option<u32> {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(fastrand::u32(UIDS)));
    let used: Vec<u32> =
        all_processes().ok()?.flatten().filter_map(|process| process.uid().ok()).collect();
    let count = UIDS.end - UIDS.start;
    let next = || UIDS.start + NEXT.fetch_add(1, Ordering::Relaxed) % count;
    let mut tries = std::iter::repeat_with(next).take(100);
    tries.find(|uid| !used.contains(uid))
}

/// How many threads our own user has. (Those of root have no limit, so it is not worth the time to count them.)
pub(in crate::sandbox) fn our_threads() -> u64 {
    let me = geteuid();
    if me.is_root() {
        return 0;
    }
    let all = all_processes().into_iter().flatten().flatten();
    let ours = all.filter(|process| process.uid().is_ok_and(|uid| uid == me.as_raw()));
    ours.filter_map(|process| u64::try_from(process.stat().ok()?.num_threads).ok()).sum()
}

/// Whether we can run a program as another user, and look at it.
pub(super) fn may_change_user() -> Result<(), String> {
    let me = Process::myself().and_then(|me| me.status());
    if !me.is_ok_and(|status| status.capeff & MAY_LOOK != 0) {
        return Err("here, root may not look at other users (CAP_SYS_PTRACE)".to_owned());
    }
    if !is_open(&env::temp_dir()) {
        return Err(format!("other users may not enter {}", env::temp_dir().display()));
    }
    let mut setpriv = Command::new("setpriv");
    let is_done =
        *HAS_TOOLS && succeeds(setpriv.args(super::options(UIDS.start)).args(["--", "true"]));
    if is_done { Ok(()) } else { Err("setpriv cannot change the user here".to_owned()) }
}
