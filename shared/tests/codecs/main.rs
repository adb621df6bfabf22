//! Both halves of RESP against streams that nobody has thought of: whole, cut anywhere, hostile.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;
use shared::inbox::Inbox;

mod memory;
mod replies;
mod requests;

/// The words of a request.
type Words = Vec<Vec<u8>>;

/// Feeds `stream` to `step` in pieces of the given sizes, over and over until all is fed or `step` says no.
fn in_pieces(stream: &[u8], sizes: &[usize], mut step: impl FnMut(&mut Inbox) -> bool) {
    let (mut inbox, mut rest) = (Inbox::new(), stream);
    for size in sizes.iter().cycle() {
        let (piece, behind) = rest.split_at((*size).min(rest.len()));
        inbox.push(piece);
        rest = behind;
        if !step(&mut inbox) || rest.is_empty() {
            break;
        }
    }
}

/// The sizes of pieces: small ones, so that every place is cut at one time or another.
fn small_pieces() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(1..30usize, 1..8)
}

/// The sizes of pieces as a network makes them.
fn large_pieces() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(1_000..40_000usize, 1..8)
}

/// Bytes that look like RESP at the first glance and are not, most of the time.
fn nearly_resp() -> impl Strategy<Value = Vec<u8>> {
    let marks = "[*$+:%=_-]";
    let part = prop_oneof![
        "[*$][0-9]{1,2}\r\n".prop_map(String::into_bytes),
        (marks, any::<i64>()).prop_map(|(mark, number)| format!("{mark}{number}\r\n").into_bytes()),
        (marks, "[ +0-]?[0-9]{0,3}")
            .prop_map(|(mark, text)| format!("{mark}{text}\r\n").into_bytes()),
        "[A-Z]{0,5}( \"?[a-z]{0,5}[\"']?)?\r?\n".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..20),
        Just(b"\r\n".to_vec()),
    ];
    proptest::collection::vec(part, 0..20).prop_map(|parts| parts.concat())
}
