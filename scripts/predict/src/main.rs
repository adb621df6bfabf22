//! `predict`: see `scripts/check.sh predict --help`.

fn main() {}
