//! The processes of this machine: on Linux as `/proc` tells of them (the crate `procfs`), elsewhere as `ps` does.

#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "only its tests run here"))]
pub(crate) mod by_ps;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
pub use by_ps::{Process, all_processes, load, memory, peak_memory, written};
#[cfg(target_os = "linux")]
pub use linux::{Process, all_processes, load, memory, peak_memory, written};
