//! The scripts that watch a lab, run for real: what a student is meant to see is there, and when something
//! is missing, they say what and how to go on. Nothing may be left running after any of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod doctor;
mod kit;
mod lacks;
mod lives;
mod refuses;
mod sees;

/// The labs, their programs, and whether they serve many clients at once.
const LABS: [(&str, &str, bool); 3] = [
    ("lab1", "lab1-blocking", false),
    ("lab2", "lab2-resp", false),
    ("lab3", "lab3-multiclient", true),
];

/// The scripts that watch with a tool each.
const WATCHERS: [&str; 5] = ["trace.sh", "ltrace.sh", "tcpdump.sh", "tshark.sh", "sockets.sh"];
