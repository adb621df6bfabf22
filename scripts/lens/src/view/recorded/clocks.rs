//! How well the clocks of a recording agree: no effect comes before its cause.

use serde::Serialize;

use trace::client_log::EventKind;

use super::super::Did;
use super::Recorded;

/// How well the clocks of a recording agree. All times are of one clock (`CLOCK_REALTIME`, in µs). But a
/// client notes what it does just before it does it, and what it sees just after; strace notes a call
/// when it has stopped the server for it: some tens of microseconds between are no surprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Clocks {
    /// So many causes were compared with their effects, one noted by a client, the other by strace.
    pub compared: usize,
    /// By how much, in µs, an effect was noted before its cause, in the worst case; 0 if never.
    pub worst_us: u64,
}

impl Clocks {
    /// How sure the times are, in words.
    #[must_use]
    pub fn sentences(self) -> [String; 2] {
        let worst = match self.worst_us {
            0 => "no effect was noted before its cause".to_owned(),
            us => format!("an effect was noted up to {us} µs before its cause"),
        };
        [
            "All notes are of one clock, in µs; each may be some tens of µs beside what it notes."
                .to_owned(),
            format!(
                "Of {} causes, {worst}. Under strace, calls take longer than without.",
                self.compared
            ),
        ]
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let compared = self.compared + other.compared;
        Self { compared, worst_us: self.worst_us.max(other.worst_us) }
    }
}

impl Recorded {
    /// Compares causes with their effects, as different clocks have noted them.
    #[must_use]
    pub fn clocks(&self) -> Clocks {
        let pairs = self.events.iter().filter_map(|event| {
            let at = event.at_us;
            match event.what {
                EventKind::Connecting => Some((at, self.accept_of(event.port)?.end_us())),
                EventKind::Sent { .. } => Some((at, self.read_of(event)?.end_us())),
                EventKind::Received { .. } => Some((self.answer_to(event)?.start_us, at)),
                EventKind::Closed => {
                    let mut calls = self.calls_of(event.port);
                    Some((at, calls.find(|call| call.did == Did::Left)?.end_us()))
                }
                _ => None,
            }
        });
        let early: Vec<u64> = pairs.map(|(cause, effect)| cause.saturating_sub(effect)).collect();
        Clocks { compared: early.len(), worst_us: early.into_iter().max().unwrap_or(0) }
    }
}
