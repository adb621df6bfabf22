//! How many files the kernel lets a process have open. Each connection is one.

use log::warn;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that a server has open besides its clients, with some to spare. As in Redis.
const OTHERS: u64 = 32;

/// Raises the limit of open files so that so many clients can be served. Returns how many can: fewer, if
/// the kernel does not let it be raised so far. Source: getrlimit(2), Redis's `adjustOpenFilesLimit`.
#[must_use]
pub fn allow_for(clients: u32) -> u32 {
    let wanted = u64::from(clients) + OTHERS;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    // None stands for no limit.
    let mut granted = current.unwrap_or(u64::MAX);
    let most = wanted.min(maximum.unwrap_or(u64::MAX));
    if granted < most
        && setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum }).is_ok()
    {
        granted = most;
    }
    if granted >= wanted {
        return clients;
    }
    let fits = u32::try_from(granted.saturating_sub(OTHERS)).unwrap_or(clients).max(1);
    warn!(
        "Room for {fits} clients and not {clients}: this process may open {granted} files. \
         As root, `prlimit --pid $$ --nofile={wanted}` in the shell lets it open enough."
    );
    fits
}
