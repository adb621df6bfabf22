//! Time since the first line of a log.

use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Turns times of the day and times since 1970 into times since the first line.
#[derive(Debug, Default)]
pub(super) struct Clock {
    zero: Option<Duration>,
    /// Midnights that have passed, if the log has times of the day.
    days: Duration,
    /// The latest time, as `zero` counts it.
    latest: Duration,
}

impl Clock {
    /// The time of the first line, as the log has it.
    pub(super) fn zero(&self) -> Option<Duration> {
        self.zero
    }

    /// The time of the latest line, since the first.
    pub(super) fn last(&self) -> Duration {
        self.latest.saturating_sub(self.zero.unwrap_or_default())
    }

    /// When a line was, since the first. A line whose time is before that counts as the first.
    pub(super) fn since_start(&mut self, at: Option<Duration>) -> Option<Duration> {
        let of_day = at?;
        let mut at = of_day + self.days;
        if of_day < DAY && at + DAY / 2 < self.latest {
            self.days += DAY;
            at += DAY;
        }
        self.latest = self.latest.max(at);
        Some(at.saturating_sub(*self.zero.get_or_insert(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_does_not_turn_time_back() {
        let mut clock = Clock::default();
        let mut at = |seconds| clock.since_start(Some(Duration::from_secs(seconds)));
        assert_eq!(at(86_399), Some(Duration::ZERO));
        assert_eq!(at(1), Some(Duration::from_secs(2)));
        assert_eq!(at(86_399), Some(DAY));
        assert_eq!(at(0), Some(DAY + Duration::from_secs(1)));
    }

    #[test]
    fn lines_without_time_have_none() {
        let mut clock = Clock::default();
        assert_eq!(clock.since_start(None), None);
        assert_eq!(clock.zero(), None);
    }
}
