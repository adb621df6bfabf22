//! The one place that reads the wall clock. Everything else is given `now`, so that tests never sleep.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1 January 1970 UTC, as EXPIREAT and PEXPIREAT count time.
pub type UnixMillis = i64;

/// The time now. `clock_gettime` answers it from memory the kernel shares (the vDSO), so strace
/// never shows this call.
#[must_use]
pub fn now() -> UnixMillis {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis::try_from(since_epoch.as_millis()).unwrap_or(UnixMillis::MAX)
}
