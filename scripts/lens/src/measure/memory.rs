//! What a server keeps in memory: a fresh one is read before and after it has got something to keep.

use super::client::{VALUE, fill, idle_clients};
use super::{MeasureError, Subject};
use crate::sys::Server;

/// Some clients come before the others, so that what the first client costs is not counted.
const FIRST: usize = 10;

/// What a key of 16 bytes with a value of 16 bytes takes, in bytes.
pub(crate) fn of_a_key(subject: &Subject, keys: u64) -> Result<f64, MeasureError> {
    let server = subject.start()?;
    growth(&server, keys, || fill(&server, 0..keys, VALUE))
}

/// What a client takes that is connected and silent, in bytes.
pub(crate) fn of_an_idle_client(subject: &Subject, clients: usize) -> Result<f64, MeasureError> {
    let server = subject.start()?;
    let _first = idle_clients(&server, FIRST)?;
    growth(&server, clients as u64, || idle_clients(&server, clients))
}

/// How much its memory grows, for each of so many. What `keep` returns is dropped after that.
fn growth<T>(
    server: &Server,
    count: u64,
    keep: impl FnOnce() -> Result<T, MeasureError>,
) -> Result<f64, MeasureError> {
    let before = server.usage()?.rss;
    let _kept = keep()?;
    let grown = server.usage()?.rss.saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "bytes of a machine's memory")]
    Ok(grown as f64 / count as f64)
}
