//! What a key takes, and what a client takes that is connected and silent.

use harness::labs::Serves;

use super::measured::Measured;
use super::{Done, Means};
use crate::measure::{Subject, memory};

/// How many keys.
const KEYS: u64 = 100_000;
/// How many clients.
const CLIENTS: usize = 500;

/// Fills a server that was started here: another one is not ours to fill.
pub(super) fn of_a_key(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    if subject.is_running() {
        return Err("it ran already, and 100,000 keys of ours have no place there".into());
    }
    let keys = if means.options.is_quick { KEYS / 2 } else { KEYS };
    measured.set("memory a key", memory::of_a_key(subject, keys)?);
    Ok(())
}

/// Connects many silent clients. A server that serves one client at a time has accepted no second one, so there is
/// nothing to count.
pub(super) fn of_a_silent_client(
    subject: &Subject,
    _: &Means<'_>,
    measured: &mut Measured,
) -> Done {
    if subject.lab.serves != Serves::One && !subject.is_running() {
        measured.set("memory a silent client", memory::of_an_idle_client(subject, CLIENTS)?);
    }
    Ok(())
}
