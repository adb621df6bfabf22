//! Whether a request costs more when there are many keys, all of which will expire.

use super::ratio_row;
use crate::bench::report::Row;
use crate::bench::targets::Targets;
use crate::measure::{MeasureError, client, fill};

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;
const REQUESTS: u64 = 100_000;
const TARGET: f64 = 1.3;
/// So long that none expires meanwhile, in seconds.
const TTL: &str = "100000";

pub(super) fn measure(targets: &Targets) -> Result<Vec<Row>, MeasureError> {
    let set = ["SET", "key:__rand_int__", client::VALUE, "EX", TTL];
    let kinds = [("GET", &["-t", "get"][..]), ("SET with a TTL", &set)];
    kinds.into_iter().map(|(about, command)| of_command(targets, about, command)).collect()
}

fn of_command(targets: &Targets, about: &str, command: &[&str]) -> Result<Row, MeasureError> {
    let about = format!("{about}, 50 clients: CPU at 1,000,000 keys ÷ at 1,000");
    ratio_row(
        ("growth", &about),
        (targets.redis_and_lab4(), targets.rounds),
        TARGET,
        ("CPU µs", 1.0),
        |subject| {
            let filled = |keys| {
                let server = subject.start()?;
                fill(&server, 0..keys, &format!("{} EX {TTL}", client::VALUE))?;
                Ok::<_, MeasureError>((server, keys))
            };
            Ok([("few keys", filled(FEW)?), ("many keys", filled(targets.scaled(MANY))?)])
        },
        |(server, keys), round| {
            let load = targets.load(50, REQUESTS, command, *keys);
            if round == 0 {
                load.tell(server);
            }
            Ok(load.run(server)?.cpu)
        },
    )
}
