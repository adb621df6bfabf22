//! The round trip of one client of labs 1 and 2, against that of redis-server, each with the same tool:
//! redis-benchmark does not speak the lines of lab 1, so lab 1 is asked by its own bench, and redis-server
//! by one that speaks RESP.

use crate::bench::report::{Aim, Row};
use crate::bench::targets::Targets;
use crate::measure::{Load, MeasureError, Subject, by_turns};

const REQUESTS: u64 = 40_000;
const TARGET: f64 = 1.0;

pub(super) fn measure(targets: &Targets) -> Result<Vec<Row>, MeasureError> {
    let ours = |subject: &Subject| subject.load(1, targets.scaled(REQUESTS));
    let redis = |_: &Subject| targets.load(1, REQUESTS, &["-t", "get"], 1);
    let mut rows = Vec::new();
    if !targets.these(&["lab1"]).is_empty() {
        rows.push(row(targets, "lab1", "Lab 1, one client, our bench: a round trip", ours)?);
    }
    if !targets.these(&["lab2"]).is_empty() {
        rows.push(row(targets, "lab2", "Lab 2, one client, our bench: a round trip", ours)?);
        let about = "Lab 2, one client, redis-benchmark GET: a round trip";
        rows.push(row(targets, "lab2", about, redis)?);
    }
    Ok(rows)
}

/// One row: redis-server where it is, and a lab.
fn row(
    targets: &Targets,
    name: &str,
    about: &str,
    load: impl Fn(&Subject) -> Load,
) -> Result<Row, MeasureError> {
    let mut sides = Vec::new();
    for subject in targets.these(&["redis", name]) {
        sides.push((subject.short.clone(), (subject.start()?, load(subject))));
    }
    let unit = "round trip, p50, µs";
    let times = by_turns(
        targets.rounds,
        sides,
        unit,
        |time| *time,
        |(server, load), round| {
            if round == 0 {
                load.tell(server);
            }
            let outcome = load.run(server)?;
            // Half of the round trips: a few that others have held up count for nothing.
            Ok(outcome.p50.unwrap_or(1e6 / outcome.per_second.max(f64::MIN_POSITIVE)))
        },
    )?;
    let mut row = Row::new(name, about, "p50, µs");
    for (server, times) in times {
        row.add(&server, &times);
    }
    row.judge(&format!("{name} ÷ redis"), Aim::AtMost(TARGET));
    Ok(row)
}
