//! What is measured besides the loads: one thing each.

mod decode;
mod growth;
mod memory;
mod round_trip;
mod stops;

use super::report::{Aim, Row};
use super::targets::Targets;
use crate::measure::{MeasureError, Subject, by_turns, ratios};

/// A measurement that is no load.
pub(super) struct Microbench {
    /// For `--only`.
    pub(super) name: &'static str,
    /// What it is, for the help.
    pub(super) about: &'static str,
    /// Makes its rows.
    pub(super) measure: fn(&Targets) -> Result<Vec<Row>, MeasureError>,
}

/// All of them.
pub(super) const ALL: [Microbench; 5] = [
    Microbench {
        name: "growth",
        about: "CPU a request with 1,000,000 keys, all with a TTL, against 1,000",
        measure: growth::measure,
    },
    Microbench {
        name: "memory",
        about: "memory a key of 16 bytes with a value of 16 bytes",
        measure: memory::measure,
    },
    Microbench {
        name: "stops",
        about: "the longest stop: a growing table, due keys, new clients",
        measure: stops::measure,
    },
    Microbench {
        name: "labs",
        about: "the round trip of one client of labs 1 and 2",
        measure: round_trip::measure,
    },
    Microbench {
        name: "decode",
        about: "CPU of long requests and long pipelines, against a tenth of them",
        measure: decode::measure,
    },
];

/// A row of what two sides cost each server, the second divided by the first. Lab 4 has a target.
fn ratio_row<S>(
    (name, about): (&str, &str),
    (subjects, rounds): (Vec<&Subject>, usize),
    at_most: f64,
    (unit, factor): (&str, f64),
    sides: impl Fn(&Subject) -> Result<[(&'static str, S); 2], MeasureError>,
    cost: impl Fn(&S, usize) -> Result<f64, MeasureError>,
) -> Result<Row, MeasureError> {
    let mut row = Row::new(name, about, "ratio");
    for subject in subjects {
        let sides = sides(subject)?.map(|(name, side)| (name.to_owned(), side)).into();
        let unit = format!("{}, {unit}", subject.short);
        let costs = by_turns(rounds, sides, &unit, |cost| cost * factor, &cost)?;
        if let [(_, few), (_, many)] = costs.as_slice() {
            row.add(&subject.short, &ratios(many, few));
        }
    }
    row.judge("lab4", Aim::AtMost(at_most));
    Ok(row)
}
