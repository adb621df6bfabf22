//! What `/proc` tells: man 5 proc.

use procfs::{Current, LoadAverage, page_size};

pub use procfs::process::{Process, all_processes};

/// How many threads have wanted to run in the last minute; `None` if the kernel does not tell.
#[must_use]
pub fn load() -> Option<f32> {
    Some(LoadAverage::current().ok()?.one)
}

/// The memory that a process has now, in bytes.
#[must_use]
pub fn memory(process: &Process) -> Option<u64> {
    Some(process.statm().ok()?.resident * page_size())
}

/// The most memory that a process ever had, in bytes.
#[must_use]
pub fn peak_memory(process: &Process) -> Option<u64> {
    Some(process.status().ok()?.vmhwm? * 1024)
}

/// How many bytes a process has written, to files, to its output and to sockets.
#[must_use]
pub fn written(process: &Process) -> Option<u64> {
    Some(process.io().ok()?.wchar)
}
