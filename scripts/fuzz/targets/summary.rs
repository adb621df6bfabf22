//! The table of calls that is made from a log: each call is counted once.
#![no_main]

use fuzz::{pieces, same_page};
use libfuzzer_sys::fuzz_target;
use trace::call_table::write;

/// A call that no log ends in the middle of.
const CALL: &[u8] = b"\nmarker(1) = -1 EBADF (Bad file descriptor) <0.000001>\n";

fuzz_target!(|input: &[u8]| {
    let (size, log) = pieces(input);
    let table = same_page(log, size, |log, page| write(log, page));
    let more = same_page(&[log, CALL].concat(), size, |log, page| write(log, page));
    assert!(table.lines().count() <= 2 + 256, "{table}");
    assert!(table.lines().count() > 257 || more.contains(" marker\n"), "{more}");
});
