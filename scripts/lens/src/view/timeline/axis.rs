//! The time axis: from times since 1970 to times since the second client asked for its connection.

use super::super::ServerCall;
use super::super::recorded::Recorded;
use super::{MARGIN_US, facts};

/// A distance of ticks that makes some of them in `length_us`, in microseconds: 1, 2 or 5 and zeros.
fn tick_us(length_us: i64) -> i64 {
    let tens = std::iter::successors(Some(1), |ten: &i64| ten.checked_mul(10));
    let mut steps = tens.flat_map(|ten| [ten, 2 * ten, 5 * ten]);
    steps.find(|step| length_us / step < 6).unwrap_or(length_us)
}

/// The times at which there is a tick.
pub(super) fn ticks(from_us: i64, until_us: i64) -> impl Iterator<Item = i64> {
    let every = tick_us(until_us - from_us);
    let first = -(-from_us).div_euclid(every);
    (first..).map(move |tick| tick * every).take_while(move |tick| *tick <= until_us)
}

/// The time axis of a recording.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub(super) zero_us: u64,
    pub(super) window: (i64, i64),
}

impl Axis {
    pub(super) fn new(recorded: &Recorded) -> Self {
        let at_zero = facts::guest(recorded).map_or(0, |event| event.at_us);
        let mut axis = Self { zero_us: at_zero, window: (0, 0) };
        let known =
            |call: &&ServerCall| call.port.is_some_and(|port| recorded.name_of(port).is_some());
        let ends = recorded.calls.iter().filter(known).map(ServerCall::end_us);
        let last = recorded.events.iter().map(|event| event.at_us).chain(ends).max().unwrap_or(0);
        let first = recorded.events.first().map_or(0, |event| event.at_us);
        axis.window = (axis.at(first) - MARGIN_US, axis.at(last) + MARGIN_US);
        axis
    }

    /// A time since 1970 on this axis.
    pub(super) fn at(&self, since_1970_us: u64) -> i64 {
        let distance =
            |later: u64, earlier: u64| i64::try_from(later - earlier).unwrap_or(i64::MAX);
        if since_1970_us >= self.zero_us {
            distance(since_1970_us, self.zero_us)
        } else {
            -distance(self.zero_us, since_1970_us)
        }
    }
}
