//! Durations and counts, as people read them.

use std::time::Duration;

/// A duration in µs, ms or s, with three digits: `53.2 µs`, `1.02 ms`, `3.07 s`.
#[must_use]
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    // A value that would round up to 1,000 uses the next larger unit.
    if seconds < 999.5e-6 {
        format!("{} µs", three_digits(seconds * 1e6))
    } else if seconds < 999.5e-3 {
        format!("{} ms", three_digits(seconds * 1e3))
    } else {
        format!("{} s", three_digits(seconds))
    }
}

fn three_digits(value: f64) -> String {
    let decimals = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

/// A number with commas: `10,000`.
#[must_use]
pub fn number(value: u64) -> String {
    indicatif::HumanCount(value).to_string()
}

/// A count with its noun: `1 client`, `8 clients`, `2 replies`.
#[must_use]
pub fn count(value: u64, noun: &str) -> String {
    let plural = noun.strip_suffix('y').map_or(format!("{noun}s"), |stem| format!("{stem}ies"));
    format!("{} {}", number(value), if value == 1 { noun } else { &plural })
}

/// Microseconds with one decimal, for machines.
#[must_use]
pub fn micros(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e7).round() / 10.0
}

/// Seconds with six decimals, for machines.
#[must_use]
pub fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_digits_and_its_unit() {
        let shown = |nanos| time(Duration::from_nanos(nanos));
        assert_eq!(shown(0), "0.00 µs");
        assert_eq!(shown(53_249), "53.2 µs");
        assert_eq!(shown(999_400), "999 µs");
        assert_eq!(shown(999_600), "1.00 ms");
        assert_eq!(shown(9_996_000), "10.0 ms");
        assert_eq!(shown(3_070_000_000), "3.07 s");
        assert_eq!(shown(125_000_000_000), "125 s");
    }

    #[test]
    fn a_count_of_one_is_singular_and_any_other_is_plural() {
        assert_eq!(count(1, "client"), "1 client");
        assert_eq!(count(10_000, "request"), "10,000 requests");
        assert_eq!(count(2, "error reply"), "2 error replies");
    }
}
