//! The TCP sockets of this machine: on Linux as `/proc` tells of them, elsewhere as `lsof` does.

#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "only its tests run here"))]
mod by_lsof;
#[cfg(target_os = "linux")]
mod proc;

#[cfg(not(target_os = "linux"))]
pub use by_lsof::{listener, ports_in_use, unclosed};
#[cfg(target_os = "linux")]
pub use proc::{descriptors, listener, ports_in_use, table, unclosed};
