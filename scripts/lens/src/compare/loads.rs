//! The loads: some clients at a time, each as busy as the server lets it be, with the bench of a lab.

use std::time::Duration;

use serde_json::Value;

use super::measured::{Cost, Measured};
use super::stages::Subject;
use super::{Means, tell};
use crate::measure::{Load, Tool, Usage, report};
use crate::report::model::{Latencies, Loaded};
use crate::text::{human, rounded};

/// How many clients, and how many requests they send, all of them together; one client sends them thrice.
const FULL: [(u32, u64); 4] = [(1, 10_000), (10, 40_000), (50, 40_000), (500, 40_000)];
const QUICK: [(u32, u64); 2] = [(1, 5_000), (50, 10_000)];
/// No load takes so long: 500 clients of lab 1, who come one after the other, need 2 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends all loads, each to a fresh server.
pub(super) fn measure(stage: &Subject, means: &Means<'_>, measured: &mut Measured) {
    let loads = if means.options.is_quick { &QUICK[..] } else { &FULL };
    for (clients, requests) in loads {
        match median(stage, *clients, *requests) {
            Ok((loaded, cost)) => {
                measured.stage.loads.push(loaded);
                measured.peak = measured.peak.max(cost.map(|cost| cost.peak));
                measured.costs.extend(cost);
            }
            Err(why) => measured.lacks(&format!("the load of {clients} clients"), &why),
        }
    }
    if measured.peak.is_none() {
        let why = "its process is not one of this machine that we may look at";
        measured.lacks("CPU time, context switches, memory", why);
    }
}

/// One client and its server run twice as fast if the kernel puts them on one core, and where it puts them is
/// luck: so that load is sent three times, and the median counts.
fn median(stage: &Subject, clients: u32, requests: u64) -> Result<(Loaded, Option<Cost>), String> {
    if clients > 1 {
        return one(stage, clients, requests);
    }
    let rounds: Result<Vec<_>, _> = (0..3).map(|_| one(stage, clients, requests)).collect();
    let mut rounds = rounds?;
    let speed = |it: &(Loaded, Option<Cost>)| it.0.per_second.unwrap_or(0.0);
    rounds.sort_by(|this, that| speed(this).total_cmp(&speed(that)));
    Ok(rounds.swap_remove(1))
}

/// One load on a fresh server. The server ends behind it, because then the kernel tells what all its threads
/// have done, also those that ended before.
fn one(stage: &Subject, clients: u32, requests: u64) -> Result<(Loaded, Option<Cost>), String> {
    let live = stage.start()?;
    let load = Load {
        tool: Tool::OurBench,
        command: Vec::new(),
        clients,
        requests,
        pipeline: 1,
        keys: None,
        bench: stage.bench.clone(),
    };
    tell::command(&load.typed_to(live.addr));
    let before = live.usage().ok();
    let told = report(&load, live.addr, PATIENCE).map_err(|error| error.to_string())?;
    let after = live.usage().ok();
    let loaded = read(clients, &told).ok_or("its bench says nothing that we know")?;
    let answered = loaded.latencies.as_ref().map_or(0, |latencies| latencies.count);
    let switches = live.end();
    let cost = before.zip(after).and_then(|(before, after)| {
        let after = Usage { switches: switches.unwrap_or(after.switches), ..after };
        cost(clients, answered, before, after)
    });
    Ok((loaded, cost))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn cost(clients: u32, answered: u64, before: Usage, after: Usage) -> Option<Cost> {
    let requests = (answered > 0).then_some(answered as f64)?;
    let of = |usage: Usage| usage.switches.voluntary + usage.switches.involuntary;
    let switches = of(after).saturating_sub(of(before)) as f64;
    let cpu = after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1e6;
    let (cpu_us, switches) = (cpu / requests, switches / requests);
    Some(Cost { clients, cpu_us, switches, peak: after.peak_rss })
}

/// What the bench has told.
fn read(clients: u32, told: &Value) -> Option<Loaded> {
    let number = |name: &str| told.get(name).and_then(Value::as_f64);
    let count = told.pointer("/waits/count")?.as_u64()?;
    let time = |name: &str| told.pointer(&format!("/waits/{name}_us")).and_then(Value::as_f64);
    let steps = told.get("distribution")?.as_array()?;
    let step = |step: &Value| Some((step.get(0)?.as_f64()?, step.get(1)?.as_f64()?));
    let latencies = || {
        Some(Latencies {
            p50_us: time("p50")?,
            p99_us: time("p99")?,
            p999_us: time("p999")?,
            max_us: time("max")?,
            count,
            distribution: steps.iter().filter_map(step).collect(),
        })
    };
    let served = told.get("most_clients_served_at_once").and_then(Value::as_u64);
    let served = served.and_then(|count| u32::try_from(count).ok());
    Some(Loaded {
        clients,
        served_at_once: served.or((clients == 1).then_some(1)),
        per_second: number("requests_per_s").filter(|_| count > 0),
        latencies: latencies(),
        fate: fate(clients, served, told),
    })
}

/// What became of the clients, if not all of them were served at once.
fn fate(clients: u32, served: Option<u32>, told: &Value) -> Option<String> {
    let number = |name: &str| told.get(name).and_then(Value::as_f64).unwrap_or(0.0);
    let mut parts = Vec::new();
    if let Some(served) = served.filter(|served| *served < clients) {
        let again = number("clients_that_tried_again");
        let wait = human(rounded(number("last_client_waited_s") * 1e6));
        parts.push(format!("at most {served} of {clients} clients served at a time"));
        if again > 0.0 {
            parts.push(format!("{again} found the backlog full and had to dial again"));
        }
        parts.push(format!("the last had its first reply after {wait}"));
    }
    let problems = told.get("problems").and_then(Value::as_array);
    parts.extend(problems.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
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
        let loaded = read(50, &told).unwrap();
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
        let loaded = read(10, &told).unwrap();
        assert_eq!((loaded.per_second, loaded.latencies.is_none()), (None, true));
        assert_eq!(loaded.fate.as_deref(), Some("nothing happened"));
    }
}
