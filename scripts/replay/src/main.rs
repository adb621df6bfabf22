//! `scripts/replay.sh`: the command line.

fn main() {}
