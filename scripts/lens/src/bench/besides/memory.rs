//! How much memory a small key takes.

use crate::bench::report::Judged;
use crate::bench::stage::Stage;
use crate::bench::{Ended, Row, tell};
use crate::measure::{Server, fill};

const KEYS: u64 = 1_000_000;
/// That of redis-server 7.0, in bytes.
const TARGET: f64 = 129.0;
const VALUE: &str = "sixteen letters.";
/// It hardly strays.
const ROUNDS: usize = 3;

pub(super) fn measure(stage: &Stage) -> Ended<Vec<Row>> {
    let keys = stage.scaled(KEYS);
    let mut row = Row::new("memory", "Memory of a key of 16 bytes, value of 16 bytes", "bytes");
    for program in stage.redis_and_labs() {
        let mut samples = Vec::new();
        for round in 0..stage.rounds.min(ROUNDS) {
            let server = Server::start(program)?;
            let before = server.usage()?.rss;
            fill(&server, 0..keys, VALUE, &[])?;
            let grown = server.usage()?.rss.saturating_sub(before);
            #[expect(clippy::cast_precision_loss, reason = "bytes of a machine's memory")]
            samples.push(grown as f64 / keys as f64);
            tell::round(
                round,
                "bytes a key",
                samples.last().map(|it| (program.name.as_str(), *it)),
            );
        }
        row.add(&program.name, &samples);
        if program.name == "lab4" {
            row.judged.push(Judged::new("lab4", &samples).at_most(TARGET));
        }
    }
    Ok(vec![row])
}
