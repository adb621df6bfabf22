//! A quiet client beside a busy one: one asks now and then while the other asks all the time.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::Means;
use super::caller::Caller;
use super::measured::Measured;
use super::stages::Subject;
use crate::report::model::Latencies;

/// How long the busy one is there.
const FULL: Duration = Duration::from_secs(1);
const QUICK: Duration = Duration::from_millis(250);
/// How many requests the busy one sends at a time.
const BATCH: usize = 64;
/// The quiet one asks so long after it has its last reply.
const PAUSE: Duration = Duration::from_millis(2);
/// Longest time that is told exactly, in nanoseconds: a minute.
const LONGEST: u64 = 60_000_000_000;
/// In so many steps the distribution goes half the way that is left to the longest.
const STEPS: u32 = 5;

/// Measures how long the quiet one waits for each of its replies.
pub(super) fn measure(stage: &Subject, means: &Means<'_>, measured: &mut Measured) {
    let time = if means.options.is_quick { QUICK } else { FULL };
    let asked = stage
        .start()
        .and_then(|live| beside(stage, live.addr, time).map_err(|error| error.to_string()));
    match asked {
        Ok(latencies) => measured.stage.quiet = Some(latencies),
        Err(why) => measured.lacks("a quiet client beside a busy one", &why),
    }
}

/// The times of the quiet one.
fn beside(stage: &Subject, addr: SocketAddr, time: Duration) -> io::Result<Latencies> {
    let is_over = AtomicBool::new(false);
    let (ready, is_ready) = mpsc::channel();
    thread::scope(|scope| {
        let busy = scope.spawn(|| {
            let mut busy = Caller::connect(addr, stage.protocol)?;
            busy.ask("SET busy value", 1)?;
            // If nobody waits for it, the quiet one has failed.
            _ = ready.send(Instant::now());
            drop(ready);
            let until = Instant::now() + time;
            while Instant::now() < until {
                busy.ask("GET busy", BATCH)?;
            }
            is_over.store(true, Ordering::Relaxed);
            Ok::<_, io::Error>(())
        });
        let asked = is_ready
            .recv()
            .map_err(|_| io::Error::other("the busy client has no reply"))
            .and_then(|_| quiet(stage, addr, &is_over));
        busy.join().unwrap_or_else(|_| Err(io::Error::other("the busy client broke down")))?;
        asked
    })
}

fn quiet(stage: &Subject, addr: SocketAddr, is_over: &AtomicBool) -> io::Result<Latencies> {
    let mut times = Histogram::new_with_bounds(1, LONGEST, 3).map_err(io::Error::other)?;
    // Its wait begins when it wants something, and not when somebody has accepted it.
    let mut begun = Instant::now();
    let mut quiet = Caller::connect(addr, stage.protocol)?;
    loop {
        quiet.ask("GET busy", 1)?;
        let nanos = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        times.saturating_record(nanos);
        if is_over.load(Ordering::Relaxed) {
            return Ok(latencies(&times));
        }
        thread::sleep(PAUSE);
        begun = Instant::now();
    }
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
