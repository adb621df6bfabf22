//! The wall clock. Only this module reads it. Everything else gets `now` as an argument, so tests never sleep.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1 January 1970 UTC, as EXPIREAT and PEXPIREAT count time.
pub type UnixMillis = i64;

/// The current time. `clock_gettime` reads memory that the kernel shares with each process (the vDSO).
/// This is no system call, so strace never shows it.
#[must_use]
pub fn now() -> UnixMillis {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis::try_from(since_epoch.as_millis()).unwrap_or(UnixMillis::MAX)
}
