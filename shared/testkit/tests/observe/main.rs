//! Runs the scripts that watch a lab. They show what a student should see. If something is missing, they say
//! what is missing and how to continue. After a script, none of its processes may still run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod doctor;
mod kit;
mod lacks;
mod lives;
mod macos;
mod own;
mod refuses;
mod sees;

/// The labs, their programs, and whether they serve many clients at once.
const LABS: [(&str, &str, bool); 3] = [
    ("lab1", "lab1-blocking", false),
    ("lab2", "lab2-resp", false),
    ("lab3", "lab3-multiclient", true),
];

/// The scripts that watch a lab, each with one tool.
const WATCHERS: [&str; 5] = ["trace.sh", "ltrace.sh", "tcpdump.sh", "tshark.sh", "sockets.sh"];
