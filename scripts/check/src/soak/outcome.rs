//! What a soak has found, and the verdict.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::BinaryBytes;
use kit::bench::text::number;

use super::counters::{Count, Counters};
use super::snapshot::{Snapshots, grows, lowest_of_quarters};

/// All that is known at the end.
pub struct Outcome<'a> {
    /// The name of the server.
    pub name: String,
    /// Its address.
    pub addr: SocketAddr,
    /// The start of the random choices.
    pub seed: u64,
    /// How long the clients were there.
    pub elapsed: Duration,
    /// How many connections were wanted.
    pub clients: usize,
    /// What the clients have counted.
    pub counters: &'a Counters,
    /// How the server has died.
    pub death: Option<String>,
    /// Its last lines, if it has died.
    pub last_lines: Vec<String>,
    /// What the server has used.
    pub snapshots: Snapshots,
    /// What went wrong when the server was stopped.
    pub bad_end: Option<String>,
}

impl Outcome<'_> {
    /// What is wrong with the server, the worst first; empty if all is well.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(death) = &self.death {
            let elapsed = self.elapsed.as_secs_f64();
            problems.push(format!("the server has died after {elapsed:.1} s: {death}"));
        }
        let Counters { first_wrong, first_lost, .. } = self.counters;
        let mut add = |count, one, many, first: &OnceLock<String>| {
            let count = self.counters.count(count);
            let what = if count == 1 { one } else { many };
            let text = |first| format!("{} {what}; the first:\n  {first}", number(count));
            problems.extend(first.get().map(text));
        };
        add(Count::Wrong, "wrong answer", "wrong answers", first_wrong);
        // When a server dies, all clients lose their connections.
        if self.death.is_none() {
            add(Count::Lost, "connection was lost", "connections were lost", first_lost);
            problems.extend(self.descriptor_leak());
            problems.extend(self.memory_leak());
            problems.extend(self.bad_end.clone());
        }
        if problems.is_empty() && self.counters.count(Count::Answered) == 0 {
            problems.push("no client was answered".to_owned());
        }
        problems
    }

    fn descriptor_leak(&self) -> Option<String> {
        let (before, after) =
            (self.snapshots.before?.descriptors, self.snapshots.after?.descriptors);
        let leak = || {
            format!("descriptors leak: {before} before the first client, {after} after the last")
        };
        (after > before).then(leak)
    }

    fn memory_leak(&self) -> Option<String> {
        let [second, _, last] = self.lowest_memory().filter(|lowest| grows(*lowest))?;
        let (second, last) = (BinaryBytes(second), BinaryBytes(last));
        Some(format!("memory grows steadily: quarter 2 uses {second} or more, quarter 4 {last}"))
    }

    /// See [`lowest_of_quarters`].
    pub fn lowest_memory(&self) -> Option<[u64; 3]> {
        lowest_of_quarters(&self.snapshots.during, self.clients)
    }
}
