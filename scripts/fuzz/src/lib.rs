//! What the fuzz targets share: how an input becomes a stream in pieces, and what memory may cost.
//!
//! Each target reads its input as a stream that a stranger has sent. It must not panic, it must not
//! hang, and it must keep the promises that the target checks.

use shared::inbox::Inbox;

/// Memory that a decoder may take without having been sent anything, in bytes: the room for a read.
const BASE: u64 = 256 * 1024;
/// Memory that it may take for each byte that has arrived, in bytes.
const PER_BYTE: u64 = 256;

/// The size of the pieces, which is the first byte of an input, and the stream, which is the rest.
#[must_use]
pub fn pieces(input: &[u8]) -> (usize, &[u8]) {
    match input.split_first() {
        Some((size, stream)) => (usize::from(*size) + 1, stream),
        None => (1, input),
    }
}

/// Feeds `stream` to `step` in pieces of `size` bytes. `step` returns whether it wants to go on.
pub fn in_pieces(stream: &[u8], size: usize, mut step: impl FnMut(&mut Inbox) -> bool) {
    let mut inbox = Inbox::new();
    for piece in stream.chunks(size) {
        inbox.push(piece);
        if !step(&mut inbox) {
            break;
        }
    }
}

/// Runs `decode` and returns what it does.
///
/// # Panics
/// If it takes more memory than the `length` bytes that it was given justify: somebody has believed a length.
pub fn within_memory<T>(length: usize, decode: impl FnOnce() -> T) -> T {
    let mut result = None;
    let used = allocation_counter::measure(|| result = Some(decode())).bytes_max;
    let most = BASE + PER_BYTE * length as u64;
    assert!(used <= most, "{length} bytes took {used} bytes of memory");
    result.unwrap_or_else(|| unreachable!("it was run"))
}
