//! Decides whether a line on the terminal is the line in the document.
//!
//! Some parts of a line differ from run to run and mean nothing: process ids, ports that the kernel picks, times of
//! day, measured durations, addresses in memory, the width of columns. They count as equal. So does the folder `work`,
//! which is a folder of its own in each replay. Whole numbers of
//! seconds do not: they are deadlines, and often the lesson.

use std::sync::LazyLock;

use regex::Regex;

const NORMALISATIONS: [(&str, &str); 10] = [
    (r"\b(?i:pid)([ =:]+)\d+", "pid${1}<pid>"),
    (r"^\[(\d+)\] \d+$", "[${1}] <pid>"),
    // 32768 and up: the kernel picks ports from there for clients, and for servers that ask for port 0.
    (
        r"\b(127\.0\.0\.1|localhost|\[::1\])([:.])(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[4-6]\d{4})\b",
        "${1}${2}<port>",
    ),
    (r"(?i)\b(port:? )(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[4-6]\d{4})\b", "${1}<port>"),
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
    (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b", "<time>"),
    (r"\b\d+\.\d+ ?s\b|\b\d+(?:\.\d+)? ?(?:ms|µs|us|ns)\b", "<duration>"),
    (r"\b0x[0-9a-f]{6,}\b", "<address>"),
    (r"/[^\s'`]*/check-home-\w+/work\b", "work"),
    (r"\s+", " "),
];
static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compile = |(pattern, by): (&str, &'static str)| Some((Regex::new(pattern).ok()?, by));
    NORMALISATIONS.into_iter().filter_map(compile).collect()
});

/// The lines of cargo about its own work begin with these words. They depend on what is built already.
const CARGO: &str = "Adding Blocking Building Checking Compiling Dirty Documenting Downloaded Downloading \
                     Finished Fresh Locking Running Updating";

/// What `build_tool` in `scripts/lib.sh` says before the first build of a tool.
const SCRIPT: (&str, &str) = ("Building scripts/", ": a minute or two, this once.");

/// Whether `actual` is the line that the document expects. In `expected`, `…` and `...` stand for any text.
pub fn matches(expected: &str, actual: &str) -> bool {
    let (expected, actual) = (normalise(expected).replace("...", "…"), normalise(actual));
    let mut pieces = expected.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| actual.strip_prefix(first)) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What the client of a lab prints if a reply takes longer than 300 ms. Where it is the lesson, the document shows it.
/// Elsewhere it may come, too, because the machine is busy.
const LATE: [&str; 2] = ["(no reply for 300 ms: ", "(the reply came after "];

/// Whether this line is about a late reply.
pub fn is_about_a_late_reply(line: &str) -> bool {
    LATE.iter().any(|beginning| line.starts_with(beginning))
}

/// Whether this line is about building, of cargo or of a script in `scripts/`. The lines of cargo are indented.
pub fn is_about_building(line: &str) -> bool {
    if line.starts_with(SCRIPT.0) && line.ends_with(SCRIPT.1) {
        return true;
    }
    let mut words = line.split_whitespace();
    let is_verb = words.next().is_some_and(|first| CARGO.split(' ').any(|verb| verb == first));
    line.starts_with(' ') && is_verb && words.next().is_some()
}

fn normalise(line: &str) -> String {
    RULES
        .iter()
        .fold(line.trim().to_string(), |line, (rule, by)| rule.replace_all(&line, *by).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rules_are_valid_patterns() {
        assert_eq!(RULES.len(), NORMALISATIONS.len());
    }

    #[test]
    fn what_means_nothing_is_the_same() {
        for (expected, actual) in [
            (
                "lab1 listening on 127.0.0.1:6379 (pid 4242)",
                "lab1 listening on 127.0.0.1:6379 (pid 17)",
            ),
            ("Connection from 127.0.0.1:40960", "Connection from 127.0.0.1:52114"),
            (
                "IP localhost.50000 > localhost.6379: Flags [S]",
                "IP localhost.33210 > localhost.6379: Flags [S]",
            ),
            ("2026-11-21T05:32:12Z ready", "2027-01-01T00:00:00.123Z ready"),
            ("12:00:00.000001 accept4", "23:59:59.5 accept4"),
            ("recvfrom <0.123 s>, 12 ms", "recvfrom <5.001 s>, 7.5ms"),
            ("[1] 12345", "[1] 7"),
            ("State  Recv-Q   Send-Q", "State Recv-Q Send-Q"),
            ("  indented   ", "indented"),
            ("work/lab1 is your own lab", "/tmp/check-home-a1B2c3/work/lab1 is your own lab"),
            ("cd work/lab1 && cargo run", "cd /tmp/check-home-a1B2c3/work/lab1 && cargo run"),
        ] {
            assert!(matches(expected, actual), "{expected} | {actual}");
        }
    }

    #[test]
    fn what_means_something_is_not() {
        for (expected, actual) in [
            ("127.0.0.1:6379", "127.0.0.1:6380"),
            ("127.0.0.1:6379", "127.0.0.1:40960"),
            ("after 5 s", "after 7 s"),
            ("(nil)", "OK"),
            ("OK", "OKAY"),
            ("", "OK"),
            ("work/lab1", "/home/me/work/lab1"),
        ] {
            assert!(!matches(expected, actual), "{expected} | {actual}");
        }
    }

    #[test]
    fn dots_stand_for_anything() {
        assert!(matches("redis_version:…", "redis_version:7.0.15"));
        assert!(matches("a … c ... e", "a b c d e"));
        assert!(matches("test it ... ok", "test it ... ok"));
        assert!(!matches("a…b…a", "aba b"));
        assert!(!matches("ab…ba", "aba"));
    }

    #[test]
    fn only_lines_about_building_are_known() {
        assert!(is_about_building("Building scripts/grade: a minute or two, this once."));
        assert!(is_about_building("   Compiling shared v0.1.0 (/kit/shared)"));
        assert!(is_about_building("    Finished `dev` profile [unoptimized] target(s) in 0.05s"));
        assert!(!is_about_building("Finished all requests"));
        assert!(!is_about_building("warning: unused import"));
    }
}
