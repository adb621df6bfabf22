//! What tcpdump, tshark and ss print: whatever it holds, it commands no terminal, and no packet and no socket is lost.
#![no_main]

use fuzz::{pieces, same_page};
use libfuzzer_sys::fuzz_target;
use trace::explain::Style;
use trace::packets::{explain_tcpdump, explain_tshark};
use trace::sockets;

/// A packet that is always shown.
const TCPDUMP: &[u8] = b"\n06:56:03.9 IP 127.0.0.1.5 > 127.0.0.1.12345: Flags [S], length 0\n";
const TSHARK: &[u8] = b"\n1 0.1 5 12345 RESP Request: marker\n";
/// A table of its own.
const SS: &[u8] = b"\n\nESTAB 0 0 127.0.0.1:6379 127.0.0.1:12345\n";

fuzz_target!(|input: &[u8]| {
    let (size, text) = pieces(input);
    for columns in [None, Some(size)] {
        let style = Style { columns, ..Style::default() };
        same_page(text, size, |text, page| explain_tcpdump(text, page, 6379, style));
        same_page(text, size, |text, page| explain_tshark(text, page, 6379, style));
        same_page(text, size, |text, page| sockets::explain(text, page, 6379, style));
    }
    let packets = [text, TCPDUMP].concat();
    let style = Style::default();
    let page = same_page(&packets, size, |text, page| explain_tcpdump(text, page, 6379, style));
    assert!(page.contains("127.0.0.1.12345: Flags [S], length 0"), "{page}");
    let packets = [text, TSHARK].concat();
    let page = same_page(&packets, size, |text, page| explain_tshark(text, page, 6379, style));
    assert!(page.contains("client 5 -> server  RESP  Request: marker"), "{page}");
    let tables = [text, SS].concat();
    let page = same_page(&tables, size, |text, page| sockets::explain(text, page, 6379, style));
    assert!(page.contains("client 12345 is connected"), "{page}");
});
