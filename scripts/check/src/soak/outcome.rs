//! What a soak has shown, and the verdict.

use std::net::SocketAddr;
use std::time::Duration;

use hdrhistogram::Histogram;

use super::book::{COUNTS, Count, Troubles};
use super::look::{Look, Memory};

/// All that is known at the end.
#[derive(Debug)]
pub struct Outcome {
    /// What the server is called.
    pub name: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// What the random choices began with.
    pub seed: u64,
    /// How long the clients were there.
    pub elapsed: Duration,
    /// How many connections were wanted.
    pub clients: usize,
    /// How often things happened.
    pub counts: [u64; COUNTS.len()],
    /// What went wrong.
    pub troubles: Troubles,
    /// How the server died, and the last that it wrote.
    pub death: Option<(String, Vec<String>)>,
    /// Before the first client; one a second; after the last one had left.
    pub looks: Looks,
    /// What was wrong about its end.
    pub bad_end: Option<String>,
    /// How long the quiet client waited each time, in nanoseconds.
    pub quiet: Histogram<u64>,
}

/// What was seen of the process.
#[derive(Debug, Default)]
pub struct Looks {
    /// Before the first client came.
    pub start: Option<Look>,
    /// While they were there, one a second.
    pub during: Vec<Look>,
    /// After all have left.
    pub end: Option<Look>,
}

impl Outcome {
    /// How often it happened.
    pub fn count(&self, count: Count) -> u64 {
        self.counts[count as usize]
    }

    /// What is wrong with the server, the worst first; nothing, if all is well.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some((how, _)) = &self.death {
            let elapsed = self.elapsed.as_secs_f64();
            problems.push(format!("the server has died after {elapsed:.1} s: {how}"));
        }
        let mut tell = |count: u64, one: &str, many: &str, first: &Option<String>| {
            if let Some(first) = first {
                let what = if count == 1 { one } else { many };
                problems.push(format!("{count} {what}; the first: {first}"));
            }
        };
        let Troubles { wrong, lost, .. } = &self.troubles;
        tell(wrong.count, "wrong answer", "wrong answers", &wrong.first);
        // When a server dies, all lose their connections.
        if self.death.is_none() {
            tell(lost.count, "client was let down", "clients were let down", &lost.first);
            problems.extend(self.leaks());
            problems.extend(self.bad_end.clone());
        }
        if problems.is_empty() && self.count(Count::Answered) == 0 {
            problems.push("nobody was answered".to_owned());
        }
        problems
    }

    fn leaks(&self) -> Vec<String> {
        let mut leaks = Vec::new();
        if let (Some(start), Some(end)) = (self.looks.start, self.looks.end)
            && end.descriptors > start.descriptors
        {
            leaks.push(format!(
                "descriptors leak: {} were open before the first client, and {} after all have left",
                start.descriptors, end.descriptors
            ));
        }
        if let Memory::Judged([second, _, last]) = self.memory()
            && self.memory().grows()
        {
            leaks.push(format!(
                "memory grows steadily: at least {} in the second quarter of the time, {} in the last",
                super::report::mebibytes(second),
                super::report::mebibytes(last)
            ));
        }
        leaks
    }

    /// What memory does in the long run.
    pub fn memory(&self) -> Memory {
        Memory::of(&self.looks.during, self.clients)
    }
}
