//! The page that explains a log: whatever is in it, it commands no terminal and no line is lost.
#![no_main]

use fuzz::{Pieces, page_of, pieces};
use libfuzzer_sys::fuzz_target;
use trace::explain::{ClientNotes, Options, run};
use trace::strace::{Joiner, Kind, parse};

/// Lines that no log changes the meaning of: one that is none of strace, and a call.
const OTHER_LINE: &str = "a line of another program";
const CALL: &str = "uname({sysname=\"marker\"}) = 0";

/// What stands in front of a remark below a row.
const NOTE: &str = "                                    ";

fuzz_target!(|input: &[u8]| {
    let (size, log) = pieces(input);
    let page = explain(log, log.len().max(1), true);
    assert_eq!(explain(log, size, true), page, "read in pieces of {size} bytes, it differs");
    assert!(!page.contains(|letter: char| letter.is_control() && letter != '\n'), "{page:?}");
    let (rows, told) = (rows(&page, log), told(log));
    assert!(rows >= told, "{told} lines of the log are to be told, in {rows} rows:\n{page}");
    _ = explain(log, size, false);

    let place = log.iter().take(size).rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let (before, behind) = log.split_at(place);
    let marked = [before, OTHER_LINE.as_bytes(), b"\n", CALL.as_bytes(), b"\n", behind].concat();
    let page = explain(&marked, marked.len(), true);
    for expected in [OTHER_LINE, "sysname=\"marker\""] {
        assert!(page.lines().any(|line| line.contains(expected)), "{expected} is not on\n{page}");
    }
});

/// How many lines of a log must have a row on a page that shows all. A call that never came back, or that a
/// signal has ended, need not: the row of the signal, or of the end of the program, says it better.
fn told(log: &[u8]) -> usize {
    let mut joiner = Joiner::new();
    let lines = log.strip_suffix(b"\n").unwrap_or(log).split(|byte| *byte == b'\n');
    let is_told = |line: &&[u8]| {
        let parsed = parse(line);
        let is_start = matches!(parsed.kind, Kind::Unfinished { .. });
        match joiner.join(parsed).map(|line| line.kind) {
            Some(Kind::Call(call)) => !call.never_returned() && !call.outcome.was_interrupted(),
            Some(Kind::Signal { .. }) => true,
            // One that begins with spaces looks like a note on the page.
            Some(Kind::Unknown) => line.first().is_some_and(u8::is_ascii_graphic),
            Some(_) => false,
            None => !is_start && line.first().is_some_and(u8::is_ascii_graphic),
        }
    };
    lines.filter(is_told).count()
}

/// The line above what a page says at its end.
const END: &str = "In sum";

/// How many rows a page has, without its notes and what it says at its end. A log may have a line like the one above the
/// end: then all counts.
fn rows(page: &str, log: &[u8]) -> usize {
    let is_end = |line: &[u8]| line.trim_ascii() == END.as_bytes();
    let end = page.rfind(&format!("\n{END}\n"));
    let end = end.filter(|_| !log.split(|byte| *byte == b'\n').any(is_end));
    let end = end.unwrap_or(page.len());
    let story = page.get(..end).unwrap_or_default();
    story.lines().filter(|line| !line.starts_with(NOTE)).count()
}

fn explain(log: &[u8], size: usize, all: bool) -> String {
    let options = Options { all, ..Options::default() };
    page_of(|page| run(Pieces::new(log, size), page, ClientNotes::default(), options))
}
