//! Several servers, or several loads, measured by turns: what slows the machine down for a while slows all of
//! them down, and not just one.

use super::{MeasureError, progress};

/// What is measured by turns, with its name.
pub(crate) type Side<S> = (String, S);

/// Measures each side once a round, and tells a figure of each. Each round begins with another side, so that none
/// is always the first. Returns what each side has given, round by round.
///
/// # Errors
/// The first that a measurement has.
pub(crate) fn by_turns<S, T>(
    rounds: usize,
    sides: Vec<Side<S>>,
    unit: &str,
    told: impl Fn(&T) -> f64,
    mut measure: impl FnMut(&S, usize) -> Result<T, MeasureError>,
) -> Result<Vec<Side<Vec<T>>>, MeasureError> {
    let mut samples: Vec<Side<Vec<T>>> =
        sides.iter().map(|(name, _)| (name.clone(), Vec::new())).collect();
    for round in 0..rounds {
        for place in rotated(sides.len(), round) {
            samples[place].1.push(measure(&sides[place].1, round)?);
        }
        let figures = samples.iter().map(|(name, all)| (name.as_str(), all.last().map(&told)));
        progress::round(round, unit, figures);
    }
    Ok(samples)
}

/// The places in the order of a round.
fn rotated(count: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |place| (place + round) % count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_measures_each_side_and_begins_with_another() {
        let sides = ["a", "b", "c"].map(|name| (name.to_owned(), name)).to_vec();
        let mut order = Vec::new();
        let measure = |name: &&'static str, round| {
            order.push(format!("{name}{round}"));
            Ok(round)
        };
        let samples = by_turns(2, sides, "rounds", |_| 0.0, measure).unwrap();
        assert_eq!(order, ["a0", "b0", "c0", "b1", "c1", "a1"]);
        assert_eq!(samples[2], ("c".to_owned(), vec![0, 1]));
    }
}
