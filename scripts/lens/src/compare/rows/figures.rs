//! Figures as cells: a number, and what people read.

use crate::report::model::Cell;
use crate::text::{human, rounded};

/// What a cell holds of which nothing is known; what is missing, and why, is said below the table.
pub(super) const NOTHING: &str = "–";

/// A figure, if there is one.
pub(super) fn with(value: Option<f64>, text: impl Fn(f64) -> String) -> Cell {
    Cell { value, text: value.map_or_else(|| NOTHING.to_owned(), text) }
}

/// A time of which nothing below a microsecond is known.
pub(super) fn whole_time(us: Option<u64>) -> Cell {
    let us = us.and_then(|us| u32::try_from(us).ok()).map(f64::from);
    with(us, |us| human(rounded(us)))
}

/// Memory in bytes.
pub(super) fn memory(bytes: Option<u64>) -> Cell {
    #[expect(clippy::cast_precision_loss, reason = "bytes of a machine's memory")]
    let bytes = bytes.map(|bytes| bytes as f64);
    with(bytes, |bytes| format!("{:.1} MiB", bytes / f64::from(1 << 20)))
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
        assert_eq!(whole_time(Some(0)).text, "0 µs");
        assert_eq!(whole_time(None).text, NOTHING);
    }
}
