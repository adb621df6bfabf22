//! `scripts/check.sh`: the command line.

fn main() {}
