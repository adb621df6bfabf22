//! What is measured besides the loads.

mod decode;
mod growth;
mod labs;
mod memory;
mod stops;

use super::stage::Stage;
use super::{Ended, Row};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Besides {
    Growth,
    Memory,
    Stops,
    Labs,
    Decode,
}

impl Besides {
    pub(super) const ALL: [Self; 5] =
        [Self::Growth, Self::Memory, Self::Stops, Self::Labs, Self::Decode];

    /// For `--only`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Growth => "growth",
            Self::Memory => "memory",
            Self::Stops => "stops",
            Self::Labs => "labs",
            Self::Decode => "decode",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Growth => "CPU a request with 1,000,000 keys, all with a TTL, against 1,000",
            Self::Memory => "memory a key of 16 bytes with a value of 16 bytes",
            Self::Stops => "the longest stop: a growing table, due keys, new clients",
            Self::Labs => "the round trip of one client of labs 1 and 2",
            Self::Decode => "CPU of long requests and long pipelines, against a tenth of them",
        }
    }

    pub(super) fn measure(self, stage: &Stage) -> Ended<Vec<Row>> {
        match self {
            Self::Growth => growth::measure(stage),
            Self::Memory => memory::measure(stage),
            Self::Stops => stops::measure(stage),
            Self::Labs => labs::measure(stage),
            Self::Decode => decode::measure(stage),
        }
    }
}
