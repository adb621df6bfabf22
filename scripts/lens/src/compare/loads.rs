//! The loads: some clients at a time, each as busy as the server lets it be, with the bench of a lab.

use std::time::Duration;

use super::measured::{Figure, Measured};
use super::{Done, Means};
use crate::measure::Subject;
use crate::measure::said::{BenchReport, Times};
use crate::report::model::{Latencies, Loaded};
use crate::sys::Usage;
use crate::text::{counted, human, rounded};

/// How many clients, and how many requests they send, all of them together; one client sends them thrice.
const FULL: [(u32, u64); 4] = [(1, 10_000), (10, 40_000), (50, 40_000), (500, 40_000)];
const QUICK: [(u32, u64); 2] = [(1, 5_000), (50, 10_000)];
/// No load takes so long: 500 clients of lab 1, one after the other, need 2 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a load has cost the server.
struct Cost {
    /// Time on a CPU a request, in µs.
    cpu_us: f64,
    /// How often the server's threads have left their CPUs, a request.
    switches: f64,
    /// The most memory that the server held, in bytes.
    peak: f64,
}

/// Sends all loads, each to a fresh server.
pub(super) fn measure(subject: &Subject, means: &Means<'_>, measured: &mut Measured) -> Done {
    let loads = if means.options.is_quick { &QUICK[..] } else { &FULL };
    let mut peak = None;
    for &(clients, requests) in loads {
        match median(subject, clients, requests) {
            Ok((loaded, cost)) => {
                take_in(&loaded, measured);
                measured.stage.loads.push(loaded);
                let Some(cost) = cost else { continue };
                measured
                    .set(&format!("CPU a request, {}", counted(clients, "client")), cost.cpu_us);
                measured.set(&format!("switches, {}", counted(clients, "client")), cost.switches);
                peak = Some(cost.peak.max(peak.unwrap_or(0.0)));
            }
            Err(why) => {
                measured.lacks(&format!("the load of {clients} clients"), &why.to_string());
            }
        }
    }
    if let Some(peak) = peak {
        measured.set("peak memory", peak);
    } else {
        let why = "its process is not one of this machine that we may look at";
        measured.lacks("CPU time, context switches, memory", why);
    }
    Ok(())
}

/// The figures of a load. Those of clients that came one after the other are not those of as many at once.
fn take_in(loaded: &Loaded, measured: &mut Measured) {
    let clients = loaded.clients;
    let is_by_turns = loaded.fate.is_some() && loaded.served_at_once < Some(clients);
    let mut set = |row: &str, value: Option<f64>| {
        // Where nothing was measured, it says what happened.
        let text = if value.is_none() { loaded.fate.clone() } else { None };
        let is_by_turns = is_by_turns && value.is_some();
        measured.set(
            &format!("{row}, {}", counted(clients, "client")),
            Figure { value, text, is_by_turns },
        );
    };
    set("requests/s", loaded.per_second);
    let times = loaded.latencies.as_ref();
    set("p50", times.map(|it| it.p50_us));
    set("p99", times.map(|it| it.p99_us));
    set("p99.9", times.map(|it| it.p999_us));
    if clients > 1 {
        let value = loaded.served_at_once.map(f64::from);
        let text = Some(loaded.fate.clone().unwrap_or_else(|| format!("all {clients}")));
        let figure = Figure { value, text, is_by_turns: false };
        measured.set(&format!("served at once, of {clients}"), figure);
    }
}

/// One client and its server run twice as fast if the kernel puts them on one core, and where it puts them is
/// luck: so that load is sent three times, and the median counts.
fn median(subject: &Subject, clients: u32, requests: u64) -> Done<(Loaded, Option<Cost>)> {
    if clients > 1 {
        return one(subject, clients, requests);
    }
    let rounds: Done<Vec<_>> = (0..3).map(|_| one(subject, clients, requests)).collect();
    let mut rounds = rounds?;
    let speed = |it: &(Loaded, Option<Cost>)| it.0.per_second.unwrap_or(0.0);
    rounds.sort_by(|this, that| speed(this).total_cmp(&speed(that)));
    Ok(rounds.swap_remove(1))
}

/// One load on a fresh server. The server ends behind it, because then the kernel tells what all its threads
/// have done, also those that ended before.
fn one(subject: &Subject, clients: u32, requests: u64) -> Done<(Loaded, Option<Cost>)> {
    let server = subject.start()?;
    let load = subject.load(clients, requests);
    load.tell(&server);
    let before = server.usage().ok();
    let told = load.report(&server, PATIENCE)?;
    let after = server.usage().ok();
    let loaded = read(clients, told);
    let answered = loaded.latencies.as_ref().map_or(0, |latencies| latencies.count);
    let switches = server.end();
    let cost = before.zip(after).and_then(|(before, after)| {
        let after = Usage { switches: switches.unwrap_or(after.switches), ..after };
        cost(answered, before, after)
    });
    Ok((loaded, cost))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn cost(answered: u64, before: Usage, after: Usage) -> Option<Cost> {
    let switches = after.switches.since(before.switches).sum() as f64;
    let (cpu_us, switches) = (after.cpu_micros_each(&before, answered), switches / answered as f64);
    (answered > 0).then_some(Cost { cpu_us, switches, peak: after.peak_rss as f64 })
}

/// What the bench has told.
fn read(clients: u32, told: BenchReport) -> Loaded {
    let fate = fate(clients, &told);
    let Times { count, .. } = told.waits;
    let latencies = || {
        Some(Latencies {
            p50_us: told.waits.p50_us?,
            p99_us: told.waits.p99_us?,
            p999_us: told.waits.p999_us?,
            max_us: told.waits.max_us?,
            count,
            distribution: told.distribution,
        })
    };
    let served = told.most_clients_served_at_once;
    Loaded {
        clients,
        served_at_once: served.or((clients == 1).then_some(1)),
        per_second: told.requests_per_s.filter(|_| count > 0),
        latencies: latencies(),
        fate,
    }
}

/// What became of the clients, if not all of them were served at once.
fn fate(clients: u32, told: &BenchReport) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(served) = told.most_clients_served_at_once.filter(|served| *served < clients) {
        let again = told.clients_that_tried_again;
        let wait = human(rounded(told.last_client_waited_s.unwrap_or(0.0) * 1e6));
        parts.push(format!("at most {served} of {clients} clients served at a time"));
        if again > 0 {
            parts.push(format!("{again} found the backlog full and had to dial again"));
        }
        parts.push(format!("the last had its first reply after {wait}"));
    }
    parts.extend(told.problems.iter().cloned());
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_clients_who_took_turns_is_told() {
        let told = serde_json::json!({
            "requests_per_s": 10_822, "most_clients_served_at_once": 1, "last_client_waited_s": 1.841,
            "clients_that_tried_again": 47, "problems": [], "distribution": [[12.0, 0.5], [1_841_135.0, 1.0]],
            "waits": {"count": 100, "p50_us": 12.0, "p99_us": 20.0, "p999_us": 1e6, "max_us": 1.8e6},
        });
        let loaded = read(50, serde_json::from_value(told).unwrap());
        let fate = "at most 1 of 50 clients served at a time; 47 found the backlog full and had to dial \
                    again; the last had its first reply after 1.841 s";
        assert_eq!(loaded.fate.as_deref(), Some(fate));
        assert_eq!(loaded.latencies.unwrap().distribution.len(), 2);
        assert_eq!((loaded.served_at_once, loaded.per_second), (Some(1), Some(10_822.0)));
    }

    #[test]
    fn a_load_without_any_reply_has_no_figures_but_says_why() {
        let told = serde_json::json!({
            "requests_per_s": 0, "most_clients_served_at_once": null, "problems": ["nothing happened"],
            "distribution": [], "waits": {"count": 0, "p50_us": null},
        });
        let loaded = read(10, serde_json::from_value(told).unwrap());
        assert_eq!((loaded.per_second, loaded.latencies.is_none()), (None, true));
        assert_eq!(loaded.fate.as_deref(), Some("nothing happened"));
    }
}
