//! A quiet client beside a busy one: one asks now and then while the other asks all the time.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::measured::{Figure, Measured};
use super::{Done, Means};
use crate::measure::Subject;
use crate::measure::beside::Asking;
use crate::measure::client::BlockingClient;
use crate::report::model::Latencies;

/// How long the busy one is there.
const FULL: Duration = Duration::from_secs(1);
const QUICK: Duration = Duration::from_millis(250);
/// How many requests the busy one sends at a time.
const BATCH: usize = 64;
/// The quiet one asks so long after it has its last reply.
const PAUSE: Duration = Duration::from_millis(2);
/// In so many steps the distribution goes half the way that is left to the longest.
const STEPS: u32 = 5;

/// Measures how long the quiet one waits for each of its replies.
pub(super) fn measure(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    let time = if means.options.is_quick { QUICK } else { FULL };
    let server = subject.start()?;
    let mut busy = BlockingClient::connect(&server)?;
    busy.ask("SET busy value", 1)?;
    let quiet = Asking { client: None, command: "GET busy", pause: PAUSE };
    let waits = quiet.beside(&server, || {
        let until = Instant::now() + time;
        while Instant::now() < until {
            busy.ask("GET busy", BATCH)?;
        }
        Ok(busy)
    })?;
    let latencies = latencies(&waits);
    let times = [latencies.p50_us, latencies.p99_us, latencies.max_us];
    for (name, us) in ["p50", "p99", "longest"].into_iter().zip(times) {
        let figure = Figure { value: Some(us), text: None, is_by_turns: latencies.is_alone() };
        measured.set(&format!("quiet beside busy, {name}"), figure);
    }
    measured.stage.quiet = Some(latencies);
    Ok(())
}

fn latencies(times: &Histogram<u64>) -> Latencies {
    #[expect(clippy::cast_precision_loss, reason = "seconds, in nanoseconds")]
    let us = |nanos: u64| nanos as f64 / 1e3;
    let steps = times.iter_quantiles(STEPS);
    let steps = steps.map(|step| (us(step.value_iterated_to()), step.quantile()));
    Latencies {
        p50_us: us(times.value_at_quantile(0.5)),
        p99_us: us(times.value_at_quantile(0.99)),
        p999_us: us(times.value_at_quantile(0.999)),
        max_us: us(times.max()),
        count: times.len(),
        distribution: steps.collect(),
    }
}
