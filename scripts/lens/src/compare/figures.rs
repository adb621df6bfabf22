//! Figures as people read them.

use crate::text::{human, rounded};

/// What a cell holds of which nothing is known; what is missing, and why, is said below the table.
pub(super) const NOTHING: &str = "–";

/// A time of which nothing below a microsecond is known.
pub(super) fn whole_time(us: f64) -> String {
    human(rounded(us))
}

pub(super) fn micros(us: f64) -> String {
    format!("{us:.1} µs")
}

pub(super) fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / f64::from(1 << 20))
}

/// A small number, with up to three digits that mean something.
pub(super) fn few(value: f64) -> String {
    let text = if value < 1.0 { format!("{value:.3}") } else { format!("{value:.2}") };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_with_as_many_digits_as_mean_something() {
        assert_eq!([few(3.0), few(0.125), few(0.5), few(350.0)], ["3", "0.125", "0.5", "350"]);
        assert_eq!(
            (whole_time(0.0).as_str(), mebibytes(2_097_152.0).as_str()),
            ("0 µs", "2.0 MiB")
        );
    }
}
