//! What ltrace prints: whatever is in it, it commands no terminal, and no call of the server is lost.
#![no_main]

use fuzz::{pieces, same_page};
use libfuzzer_sys::fuzz_target;
use trace::explain::Style;
use trace::ltrace::explain;

/// From here on the log is explained.
const LISTENS: &[u8] = b"7 1.0 write(1, \" listening on \", 38) = 38 <0.1>\n";
/// A call that is always shown.
const CALL: &[u8] = b"\n7 1.0 close(12345) = 0 <0.1>\n";

fuzz_target!(|input: &[u8]| {
    let (size, log) = pieces(input);
    for columns in [None, Some(size)] {
        let style = Style { columns, ..Style::default() };
        same_page(log, size, |log, page| explain(log, page, style));
    }
    let log = [LISTENS, log, CALL].concat();
    let page = same_page(&log, size, |log, page| explain(log, page, Style::default()));
    assert!(page.contains("close(12345) = 0"), "the last call is not on\n{page}");
});
