//! How much memory a small key takes.

use crate::bench::report::{Aim, Row};
use crate::bench::targets::Targets;
use crate::measure::{MeasureError, by_turns, memory};

const KEYS: u64 = 1_000_000;
/// That of redis-server 7.0, in bytes.
const TARGET: f64 = 129.0;
/// The figure is nearly the same each time.
const ROUNDS: usize = 3;

pub(super) fn measure(targets: &Targets) -> Result<Vec<Row>, MeasureError> {
    let keys = targets.scaled(KEYS);
    let subjects = targets.redis_and_labs().into_iter();
    let sides = subjects.map(|subject| (subject.short.clone(), subject)).collect();
    let rounds = targets.rounds.min(ROUNDS);
    let samples = by_turns(
        rounds,
        sides,
        "bytes a key",
        |bytes| *bytes,
        |subject, _| memory::of_a_key(subject, keys),
    )?;
    let mut row = Row::new("memory", "Memory of a key of 16 bytes, value of 16 bytes", "bytes");
    for (name, samples) in samples {
        row.add(&name, &samples);
    }
    row.judge("lab4", Aim::AtMost(TARGET));
    Ok(vec![row])
}
