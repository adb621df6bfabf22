//! Where the system is not Linux, all servers run as we do.

/// The number of a user for a server: none.
pub(in crate::sandbox) fn free_uid() -> Option<u32> {
    None
}

/// How many threads our own user has. No limit is set that depends on it.
pub(in crate::sandbox) fn our_threads() -> u64 {
    0
}

/// Whether we can run a program as another user, and look at it.
pub(super) fn may_change_user() -> Result<(), String> {
    Err("only on Linux can it run as another user".to_owned())
}
