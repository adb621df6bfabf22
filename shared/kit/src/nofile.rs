//! The limit of open files of this process. Each connection is an open file.

use log::warn;

/// A server opens this many files besides its connections. As in Redis.
const OTHER_FILES: u64 = 32;

/// Raises the limit so that `clients` can be served. Returns how many clients can be served: fewer, if the
/// kernel does not allow enough open files. Source: getrlimit(2), Redis's `adjustOpenFilesLimit`.
#[must_use]
pub fn raise_limit(clients: u32) -> u32 {
    let wanted = u64::from(clients) + OTHER_FILES;
    let granted = rlimit::increase_nofile_limit(wanted).unwrap_or(wanted);
    if granted >= wanted {
        return clients;
    }
    let fits = u32::try_from(granted.saturating_sub(OTHER_FILES)).unwrap_or(clients).max(1);
    warn!(
        "Room for {fits} clients and not {clients}: this process may open {granted} files.\n\
         To allow more, as root in this shell: prlimit --pid $$ --nofile={wanted}"
    );
    fits
}
