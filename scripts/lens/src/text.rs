//! Numbers and texts for people: durations, figures, lists, and lines that fit a terminal.

pub(crate) mod table;

use std::time::Duration;

pub use harness::text::{COLUMNS, cut, letters, wrap, wrapped};
use trace::duration::Human;

/// A time in microseconds: `18 µs`, `3.6 ms`, `-200 ms`.
#[must_use]
pub fn human(us: impl TryInto<i64>) -> String {
    let us = us.try_into().unwrap_or(i64::MAX);
    let sign = if us < 0 { "-" } else { "" };
    format!("{sign}{}", Human(Duration::from_micros(us.unsigned_abs())))
}

/// A time in microseconds, with three digits: `0.80 µs`, `12.3 µs`, `1.3 ms`.
pub(crate) fn time(us: f64) -> String {
    if us < 99.95 { format!("{} µs", figure(us)) } else { human(rounded(us)) }
}

/// A time to the microsecond: `800.818 ms`.
pub(crate) fn millis(us: i64) -> String {
    format!("{}{}.{:03} ms", if us < 0 { "-" } else { "" }, us.abs() / 1_000, us.abs() % 1_000)
}

/// A time in whole microseconds.
#[expect(clippy::cast_possible_truncation, reason = "hours at most")]
pub(crate) fn rounded(us: f64) -> i64 {
    us.round() as i64
}

/// A figure with three digits: `0.34`, `5.62`, `45.1`, `1,234`.
#[must_use]
pub fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        ..0.0995 => 3,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => return thousands(value),
    };
    format!("{value:.decimals$}")
}

/// A large number, as `103,738`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count or an amount")]
pub(crate) fn thousands(value: f64) -> String {
    let sign = if value <= -0.5 { "-" } else { "" };
    format!("{sign}{}", kit::bench::text::number(value.abs().round_ties_even() as u64))
}

/// `1 client`, `50 clients`.
#[must_use]
pub fn counted(count: impl TryInto<u64>, what: &str) -> String {
    kit::bench::text::count(count.try_into().unwrap_or(u64::MAX), what)
}

/// `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        let shown = [999.4, 103_738.0, 1e6].map(super::thousands);
        assert_eq!(shown, ["999", "103,738", "1,000,000"]);
    }

    #[test]
    fn a_figure_has_three_digits() {
        let shown = [0.0912, 0.34, 5.617, 45.08, 99.96, 1234.5, 1_234_567.0].map(figure);
        assert_eq!(shown, ["0.091", "0.34", "5.62", "45.1", "100", "1,234", "1,234,567"]);
        let shown = [thousands(9.4), thousands(103_738.0), thousands(1e6)];
        assert_eq!(shown, ["9", "103,738", "1,000,000"]);
        assert_eq!([time(12.34), time(1_841_135.0)], ["12.3 µs", "1.841 s"]);
    }
}
