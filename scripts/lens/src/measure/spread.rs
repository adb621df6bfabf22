//! A figure that was measured several times: its median, its lowest and its highest.

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
}
