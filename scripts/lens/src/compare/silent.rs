//! What a client takes that is connected and silent: many of them connect to a fresh server, and its memory is
//! read before and after.

use super::Means;
use super::measured::Measured;
use super::stages::{Serves, Subject};
use crate::measure::Crowd;

/// How many clients.
const CLIENTS: usize = 500;
/// Some come before, so that what the first client costs is not counted.
const FIRST: usize = 10;

/// Counts the memory of a server that holds many clients. A server that serves one client at a time has
/// accepted no second one, so there is nothing to count.
pub(super) fn measure(subject: &Subject, _: &Means<'_>, measured: &mut Measured) {
    if subject.serves == Serves::One || subject.lab.is_none() {
        return;
    }
    match grown(subject) {
        Ok(grown) => measured.silent = grown,
        Err(why) => measured.lacks("memory a silent client", &why),
    }
}

/// Bytes a client, if the kernel tells.
fn grown(subject: &Subject) -> Result<Option<f64>, String> {
    let live = subject.start()?;
    let _first = Crowd::connect(&live, FIRST).map_err(|error| error.to_string())?;
    let before = live.usage().ok().map(|usage| usage.rss);
    let _crowd = Crowd::connect(&live, CLIENTS).map_err(|error| error.to_string())?;
    let after = live.usage().ok().map(|usage| usage.rss);
    let grown = after.zip(before).map(|(after, before)| after.saturating_sub(before));
    #[expect(clippy::cast_precision_loss, reason = "some MB")]
    Ok(grown.map(|grown| grown as f64 / CLIENTS as f64))
}
