//! What a load measures: how long things took, how many there were, and who was served when.

use std::io;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::tape::Verdict;

/// Longest time that is told exactly, in nanoseconds: an hour.
const LONGEST: u64 = 3_600_000_000_000;

/// In so many steps a distribution goes half the way that is left to the longest.
const STEPS: u32 = 5;

/// How long something took, each time that it happened, to three digits.
pub struct Times(Histogram<u64>);

impl Times {
    fn new() -> io::Result<Self> {
        Histogram::new_with_bounds(1, LONGEST, 3).map(Self).map_err(io::Error::other)
    }

    /// It happened `count` times and took `time` each.
    pub fn record(&mut self, time: Duration, count: u64) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record_n(nanos, count);
    }

    /// How often it happened.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time that the share `quantile` of all did not exceed; of 1.0, the longest.
    pub fn at(&self, quantile: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(quantile))
    }

    /// How they are distributed: times, and the share of all that did not exceed each. Both grow; the
    /// steps are the finer the nearer to the longest.
    pub fn distribution(&self) -> impl Iterator<Item = (Duration, f64)> {
        let steps = self.0.iter_quantiles(STEPS).take_while(|_| self.count() > 0);
        steps.map(|step| (Duration::from_nanos(step.value_iterated_to()), step.quantile()))
    }
}

/// All that was measured so far.
pub struct Figures {
    pub started: Instant,
    /// When a connection was last made or a reply came: a load that stands still is stopped.
    pub last_progress: Instant,
    /// How many clients got no connection at first and dialled again.
    pub redialled: u64,
    /// From a client's first dialling to its connection.
    pub connect: Times,
    /// From its first requests, sent as soon as it was connected, to their replies: the waiting.
    pub first: Times,
    /// From all its later requests to their replies.
    pub later: Times,
    /// Both of them, but for the first from the client's first dialling: what clients have waited in all.
    pub waits: Times,
    /// Replies that were errors.
    pub errors: Trouble,
    /// Replies that were not the answer to the request.
    pub wrong: Trouble,
    /// Clients that lost their connection or could not make one.
    pub lost: Trouble,
    pub service: Service,
}

impl Figures {
    pub fn new() -> io::Result<Self> {
        let now = Instant::now();
        Ok(Self {
            started: now,
            last_progress: now,
            redialled: 0,
            connect: Times::new()?,
            first: Times::new()?,
            later: Times::new()?,
            waits: Times::new()?,
            errors: Trouble::default(),
            wrong: Trouble::default(),
            lost: Trouble::default(),
            service: Service::default(),
        })
    }

    /// How many replies came, right or not.
    pub fn answered(&self) -> u64 {
        self.first.count() + self.later.count()
    }

    /// How long the client waited, from the start, that was served last.
    pub fn longest_wait(&self) -> Duration {
        self.service.last_begin.unwrap_or(self.started) - self.started
    }

    /// Counts what is not right about a reply.
    pub fn judge(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Right => {}
            Verdict::Error(text) => self.errors.add(text),
            Verdict::Wrong(text) => self.wrong.add(text),
        }
    }
}

/// Something that should not happen: how often it did, and what it was the first time.
#[derive(Default)]
pub struct Trouble {
    pub count: u64,
    pub first: Option<String>,
}

impl Trouble {
    /// It happened.
    pub fn add(&mut self, text: String) {
        self.count += 1;
        self.first.get_or_insert(text);
    }
}

/// Who is being served. A client is, from its first reply to its last.
#[derive(Default)]
pub struct Service {
    now: u64,
    /// The most clients that were being served at the same time.
    pub most: u64,
    since: Option<Instant>,
    /// How long anybody was being served.
    pub busy: Duration,
    /// When the last client got its first reply.
    pub last_begin: Option<Instant>,
}

impl Service {
    /// A client got its first reply.
    pub fn begin(&mut self, now: Instant) {
        if self.now == 0 {
            self.since = Some(now);
        }
        self.now += 1;
        self.most = self.most.max(self.now);
        self.last_begin = Some(now);
    }

    /// A client got its last reply, or was lost.
    pub fn end(&mut self, now: Instant) {
        self.now = self.now.saturating_sub(1);
        if self.now == 0
            && let Some(since) = self.since.take()
        {
            self.busy += now - since;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_overlap_are_told_from_clients_that_take_turns() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut turns = Service::default();
        turns.begin(at(0));
        turns.end(at(1));
        turns.begin(at(5));
        turns.end(at(7));
        assert_eq!((turns.most, turns.busy), (1, Duration::from_secs(3)));

        let mut together = Service::default();
        together.begin(at(0));
        together.begin(at(1));
        together.end(at(2));
        together.end(at(4));
        assert_eq!((together.most, together.busy), (2, Duration::from_secs(4)));
        assert_eq!(together.last_begin, Some(at(1)));
    }

    #[test]
    fn times_are_kept_to_three_digits() {
        let mut times = Times::new().unwrap();
        times.record(Duration::from_micros(50), 99);
        times.record(Duration::from_secs(2), 1);
        assert_eq!(times.count(), 100);
        assert_eq!(times.at(0.5).as_nanos() / 1000, 50);
        assert_eq!(times.at(1.0).as_millis() / 10, 200);
        let steps: Vec<_> = times.distribution().collect();
        assert!(
            steps.is_sorted() && steps.iter().any(|(_, share)| (*share - 0.99).abs() < 0.001),
            "{steps:?}"
        );
        assert_eq!(
            steps.last().map(|(time, share)| (time.as_millis() / 10, *share)),
            Some((200, 1.0))
        );
    }
}
