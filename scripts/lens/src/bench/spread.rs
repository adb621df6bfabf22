//! A figure that was measured several times: what is typical, and how far it strays.

use serde::Serialize;

/// The median of some samples, the lowest and the highest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// The one in the middle; of an even number, the mean of the two there.
    pub median: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// All of them, in the order in which they were taken.
    pub samples: Vec<f64>,
}

impl Spread {
    /// Of these samples; of none, all is 0.
    #[must_use]
    pub fn of(samples: &[f64]) -> Self {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(0.0);
        let (middle, last) = (sorted.len() / 2, sorted.len().saturating_sub(1));
        let median = if sorted.len() % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.saturating_sub(1)), at(middle))
        };
        Self { median, min: at(0), max: at(last), samples: samples.to_vec() }
    }
}

/// Ratios of samples that were taken in the same rounds: what slows a whole round down is in both.
#[must_use]
pub fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs.max(f64::MIN_POSITIVE)).collect()
}

/// A figure with three digits: `0.34`, `5.62`, `45.1`, `1,234`.
#[must_use]
pub fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        ..0.0995 => 3,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    if decimals > 0 {
        return text;
    }
    let mut grouped = String::new();
    for (place, digit) in text.chars().enumerate() {
        if place > 0 && (text.len() - place) % 3 == 0 && digit.is_ascii_digit() {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let median = |samples: &[f64]| format!("{:.1}", Spread::of(samples).median);
        assert_eq!(median(&[9.0, 1.0, 2.0]), "2.0");
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), "3.0");
        assert_eq!(median(&[]), "0.0");
        let spread = Spread::of(&[9.0, 1.0, 2.0]);
        assert_eq!((spread.min.to_string(), spread.max.to_string()), ("1".into(), "9".into()));
    }

    #[test]
    fn a_figure_has_three_digits() {
        let shown = [0.0912, 0.34, 5.617, 45.08, 99.96, 1234.5, 1_234_567.0].map(figure);
        assert_eq!(shown, ["0.091", "0.34", "5.62", "45.1", "100", "1,234", "1,234,567"]);
    }
}
