//! Prints on stderr what is measured. If stderr is closed, the measurement goes on.

use std::io::{self, Write};

use crate::text::figure;

/// What is measured next.
pub(crate) fn line(text: &str) {
    _ = writeln!(io::stderr(), "{text}");
}

/// A command that is run, as one would type it.
pub(crate) fn command(typed: &str) {
    line(&format!("+ {typed}"));
}

/// What a round has shown.
pub(super) fn round<'a>(
    round: usize,
    unit: &str,
    figures: impl Iterator<Item = (&'a str, Option<f64>)>,
) {
    let shown = |(name, value): (_, Option<f64>)| Some(format!("{name} {}", figure(value?)));
    let figures = figures.filter_map(shown).collect::<Vec<_>>().join(", ");
    line(&format!("  round {}: {figures} ({unit})", round + 1));
}
