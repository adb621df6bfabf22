//! The measurements of a load: latencies, counts, and how many clients were served at the same time.

use std::io;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::workload::Verdict;

/// The longest latency that is recorded exactly, in nanoseconds: one hour.
const LONGEST: u64 = 3_600_000_000_000;

/// The steps of a distribution in each half of the remaining way to the longest latency.
const STEPS: u32 = 5;

/// A histogram of latencies, with three significant digits.
pub struct Latencies(Histogram<u64>);

impl Latencies {
    /// An empty histogram.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new() -> io::Result<Self> {
        Histogram::new_with_bounds(1, LONGEST, 3).map(Self).map_err(io::Error::other)
    }

    /// Records `count` latencies of `time` each.
    pub fn record(&mut self, time: Duration, count: u64) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record_n(nanos, count);
    }

    /// The number of recorded latencies.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency at a quantile: 0.5 is the median, 1.0 the longest latency.
    #[must_use]
    pub fn at(&self, quantile: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(quantile))
    }

    /// The distribution: latencies in growing order, each with its quantile. The steps are smaller
    /// near the longest latency.
    pub fn distribution(&self) -> impl Iterator<Item = (Duration, f64)> {
        let steps = self.0.iter_quantiles(STEPS).take_while(|_| self.count() > 0);
        steps.map(|step| (Duration::from_nanos(step.value_iterated_to()), step.quantile()))
    }
}

/// All measurements so far.
pub struct Figures {
    pub started: Instant,
    /// The time of the last new connection or reply. The stall timeout counts from here.
    pub last_progress: Instant,
    /// How many clients had to connect again, because the first handshake took too long.
    pub retried: u64,
    /// From a client's first attempt to connect to its connection.
    pub connect: Latencies,
    /// From a client's first batch, sent as soon as the client was connected, to the replies.
    pub first: Latencies,
    /// From each later batch to its replies.
    pub later: Latencies,
    /// Like `first` and `later` together, but the first wait begins at the first attempt to connect.
    pub waits: Latencies,
    /// Replies that were errors.
    pub errors: Failures,
    /// Replies that were not the expected ones.
    pub wrong: Failures,
    /// Clients that lost their connection or could not connect.
    pub lost: Failures,
    pub service: Service,
}

impl Figures {
    pub fn new() -> io::Result<Self> {
        let now = Instant::now();
        Ok(Self {
            started: now,
            last_progress: now,
            retried: 0,
            connect: Latencies::new()?,
            first: Latencies::new()?,
            later: Latencies::new()?,
            waits: Latencies::new()?,
            errors: Failures::default(),
            wrong: Failures::default(),
            lost: Failures::default(),
            service: Service::default(),
        })
    }

    /// The number of replies, right or wrong.
    pub fn answered(&self) -> u64 {
        self.first.count() + self.later.count()
    }

    /// From the start of the load to the first reply of the client that was served last.
    pub fn longest_wait(&self) -> Duration {
        self.service.last_begin.unwrap_or(self.started) - self.started
    }

    /// Counts a reply if it is an error or wrong.
    pub fn record(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Right => {}
            Verdict::Error(text) => self.errors.add(text),
            Verdict::Wrong(text) => self.wrong.add(text),
        }
    }
}

/// How often something failed, and the text of the first failure.
#[derive(Default)]
pub struct Failures {
    pub count: u64,
    pub first: Option<String>,
}

impl Failures {
    /// Counts a failure.
    pub fn add(&mut self, text: String) {
        self.count += 1;
        self.first.get_or_insert(text);
    }
}

/// How many clients are being served. A client is served from its first reply to its last reply.
#[derive(Default)]
pub struct Service {
    active: u64,
    /// The most clients that were served at the same time.
    pub most: u64,
    busy_since: Option<Instant>,
    /// How long at least one client was being served.
    pub busy: Duration,
    /// When the last client got its first reply.
    pub last_begin: Option<Instant>,
}

impl Service {
    /// A client got its first reply.
    pub fn begin(&mut self, now: Instant) {
        if self.active == 0 {
            self.busy_since = Some(now);
        }
        self.active += 1;
        self.most = self.most.max(self.active);
        self.last_begin = Some(now);
    }

    /// A client got its last reply, or was lost.
    pub fn end(&mut self, now: Instant) {
        self.active = self.active.saturating_sub(1);
        if self.active == 0
            && let Some(since) = self.busy_since.take()
        {
            self.busy += now - since;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_overlap_differ_from_clients_that_take_turns() {
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
    fn latencies_keep_three_digits() {
        let mut latencies = Latencies::new().unwrap();
        latencies.record(Duration::from_micros(50), 99);
        latencies.record(Duration::from_secs(2), 1);
        assert_eq!(latencies.count(), 100);
        assert_eq!(latencies.at(0.5).as_nanos() / 1000, 50);
        assert_eq!(latencies.at(1.0).as_millis() / 10, 200);
        let steps: Vec<_> = latencies.distribution().collect();
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
