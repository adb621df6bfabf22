//! What stands on the axes and beside the lines.

use std::time::Duration;

use crate::bench::figure;
use trace::duration::Human;

/// A time in microseconds: `0.8 µs`, `52 µs`, `1.3 ms`.
pub(crate) fn time(us: f64) -> String {
    if us < 10.0 {
        return format!("{} µs", figure(us));
    }
    Human(Duration::try_from_secs_f64(us / 1e6).unwrap_or_default()).to_string()
}

/// A power of ten, in microseconds: `10 µs`, `1 ms`.
pub(super) fn decade(exponent: i32) -> String {
    match exponent {
        ..3 => format!("{} µs", 10_f64.powi(exponent)),
        3..6 => format!("{} ms", 10_f64.powi(exponent - 3)),
        _ => format!("{} s", 10_f64.powi(exponent - 6)),
    }
}

/// The powers of ten around all of these.
pub(super) fn decades(values: impl Iterator<Item = f64>) -> (i32, i32) {
    let logs: Vec<f64> = values.filter(|value| *value > 0.0).map(f64::log10).collect();
    let lowest = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if lowest > highest {
        return (0, 1);
    }
    let (from, until) = (super::px(lowest.floor()), super::px(highest.ceil()));
    (from, until.max(from + 1))
}

/// A round step, so that some five of them reach the highest value.
pub(super) fn step(highest: f64) -> f64 {
    let rough = (highest / 5.0).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|of| of * power)
        .find(|step| *step >= rough)
        .unwrap_or(rough)
}

/// Moves labels that stand below each other apart, and keeps them above `bottom`.
pub(super) fn apart(places: &mut [(i32, usize)], distance: i32, bottom: i32) {
    places.sort_unstable();
    let mut least = i32::MIN;
    for (y, _) in places.iter_mut() {
        *y = (*y).max(least);
        least = *y + distance;
    }
    let mut most = bottom;
    for (y, _) in places.iter_mut().rev() {
        *y = (*y).min(most);
        most = *y - distance;
    }
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
    fn labels_that_would_lie_on_each_other_are_moved_apart() {
        let mut places = [(50, 0), (48, 1), (97, 2), (99, 3)];
        apart(&mut places, 10, 100);
        assert_eq!(places, [(48, 1), (58, 0), (90, 2), (100, 3)]);
    }

    #[test]
    fn steps_are_round_and_decades_reach_around_all() {
        assert_eq!(
            (step(93_000.0).to_string(), step(4.0).to_string()),
            ("20000".into(), "1".into())
        );
        assert_eq!(decades([52.0, 4_100.0].into_iter()), (1, 4));
        assert_eq!(decades(std::iter::empty()), (0, 1));
        assert_eq!([1, 3, 6].map(decade), ["10 µs", "1 ms", "1 s"]);
    }
}
