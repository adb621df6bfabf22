//! A page of the grader without what is different in each run.

use regex::{Captures, Regex};

/// What is different in each run, and what stands in its place.
const CHANGING: [(&str, &str); 9] = [
    (r"after \d+\.\d s", "after N s"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"has taken \d+ MiB", "has taken N MiB"),
    // What a rule says of times.
    (r"\b\d+(\.\d+)? (µs|ms|s)\b", "N s"),
    (r"returned \d+ times", "returned N times"),
    (r"descriptor \d+", "descriptor N"),
    // Many clients come in any order.
    // How much a slow client has got before the end, and what the server says meanwhile.
    (r"\(\d{6,} bytes\)", "(N bytes)"),
    (r"(?m)^  It said:\n(    .*\n)*", ""),
    // A line of strace: the process, the time, the call, and so much of the rest as has space on the line.
    (r"(?m)^    \d+ +\d{10}\.\d+ (\w+)\(.*$", "    PID TIME $1(…"),
];

/// The page as it is in each run.
pub fn steady(page: &str) -> String {
    // The first lines name the command, and with it a folder of this machine.
    let page = page.split_once("\n\n").map_or(page, |(_, rest)| rest);
    // Where a line is broken depends on the numbers in it.
    let trace = Regex::new(r"  The trace:  .*\n( {14}.*\n)*").unwrap();
    let one_line = |found: &Captures<'_>| found[0].trim_end().replace("\n             ", "") + "\n";
    let page = trace.replace(page, one_line).into_owned();
    let page = if has_several_clients(&page) { without_order(&page) } else { page };
    CHANGING.iter().fold(page, |page, (changing, steady)| {
        Regex::new(changing).unwrap().replace_all(&page, *steady).into_owned()
    })
}

/// Whether more clients than A speak.
fn has_several_clients(page: &str) -> bool {
    Regex::new(r"(?m)^ *\d+\. [B-Z]").unwrap().is_match(page)
}

/// What several clients do at the same time comes in any order: only what went wrong is left of the conversation. Of many
/// clients, another one may be the first that fails, and in another way.
fn without_order(page: &str) -> String {
    let numbered = Regex::new(r"^ *\d+\. ").unwrap();
    let has_many = Regex::new(r"(?m)^ *\d+\. [A-Z]\d").unwrap().is_match(page);
    let is_kept = |line: &&str| {
        let is_step = numbered.is_match(line)
            || ["      which is", "   …"].iter().any(|start| line.starts_with(start));
        let is_failure = line.contains(" must get ");
        let is_below = line.starts_with("      and gets") || line.trim_start().starts_with('^');
        let is_state = line.starts_with("  The server:");
        if has_many { !(is_step || is_below || is_state) } else { !is_step || is_failure }
    };
    page.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}
