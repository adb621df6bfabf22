//! A page of the grader without what is different in each run.

use regex::{Captures, Regex};

/// What is different in each run, and what stands in its place.
const CHANGING: [(&str, &str); 6] = [
    (r"after \d+\.\d s", "after N s"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"has taken \d+ MiB", "has taken N MiB"),
    // What a rule says of times.
    (r"\b\d+(\.\d+)? (µs|ms|s) in which", "N s in which"),
    (r"returned \d+ times", "returned N times"),
    // A line of strace: the process, the time, the call, and so much of the rest as has space on the line.
    (r"(?m)^    \d+ +\d{10}\.\d+ (\w+)\(.*$", "    PID TIME $1(…"),
];

/// The page as it is in each run.
pub fn steady(page: &str) -> String {
    // Where a line is broken depends on the numbers in it.
    let trace = Regex::new(r"  The trace:  .*\n( {14}.*\n)*").unwrap();
    let one_line = |found: &Captures<'_>| found[0].trim_end().replace("\n             ", "") + "\n";
    let page = trace.replace(page, one_line).into_owned();
    CHANGING.iter().fold(page, |page, (changing, steady)| {
        Regex::new(changing).unwrap().replace_all(&page, *steady).into_owned()
    })
}
