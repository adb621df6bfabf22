//! The read buffer: bytes that a client has sent and that no decoder has taken yet.
//!
//! TCP carries a stream of bytes, not messages: one read may bring half a request or a hundred. So a
//! server collects the bytes of each connection here, and its decoder takes whole requests from the
//! front. The buffer also keeps the decoder's notes about a request of which only a part has arrived.

use std::ops::Range;

use crate::limits::MAX_RETAINED;
use crate::request::Args;

/// A read is offered at least this much space, in bytes.
pub const READ_SIZE: usize = 16 * 1024;

/// The most that the buffer grows in one step, in bytes: to clear more memory would take too long.
const MAX_GROWTH: usize = 4 * 1024 * 1024;

/// How far a decoder has come in the request at the front of the buffer.
///
/// A decoder that ignores it is correct, but slow: it starts again at the first byte of a request after
/// each read, and that takes time quadratic in the length of the request.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The decoder has understood this many bytes, counted from the start of the request.
    pub position: usize,
    /// The arguments that have arrived whole.
    pub args: Args,
    /// How many arguments are still to come.
    pub args_left: usize,
    /// At least this many bytes are missing, as far as the decoder knows.
    pub bytes_needed: usize,
}

/// The received bytes of one connection.
#[derive(Debug, Default)]
pub struct ReadBuffer {
    /// `bytes[start..end]` is filled. The space behind `end` is free.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    parsed: Parsed,
}

impl ReadBuffer {
    /// An empty buffer. It takes no memory until something is read into it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes that have arrived and have not been consumed.
    #[must_use]
    pub fn filled(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// The same bytes, and the decoder's notes about them.
    pub fn filled_and_parsed(&mut self) -> (&[u8], &mut Parsed) {
        (self.bytes.get(self.start..self.end).unwrap_or_default(), &mut self.parsed)
    }

    /// Whether no bytes wait to be decoded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the decoder waits for the rest of a request.
    #[must_use]
    pub fn has_partial_request(&self) -> bool {
        self.parsed.position > 0
    }

    /// Removes `count` bytes from the front, and the decoder's notes: the next request starts there.
    pub fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        self.parsed.position = 0;
        self.parsed.bytes_needed = 0;
        self.parsed.args.clear();
    }

    /// Free space for a `read`: at least [`READ_SIZE`] bytes, and more if a long argument needs more.
    /// Call [`ReadBuffer::commit`] afterwards.
    pub fn spare_mut(&mut self) -> &mut [u8] {
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
            if self.capacity() > MAX_RETAINED {
                *self = Self::new();
            }
        }
        if self.bytes.len() - self.end < READ_SIZE && self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.bytes.len() - self.end < READ_SIZE {
            self.grow();
        }
        let spare = self.bytes.get_mut(self.end..).unwrap_or_default();
        let offered = spare.len().min(self.parsed.bytes_needed.max(READ_SIZE));
        spare.get_mut(..offered).unwrap_or_default()
    }

    /// Notes that a `read` has put `count` bytes into [`ReadBuffer::spare_mut`].
    pub fn commit(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Appends bytes without a socket, for tests and benchmarks.
    pub fn extend(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(READ_SIZE) {
            self.spare_mut()[..part.len()].copy_from_slice(part);
            self.commit(part.len());
        }
    }

    /// The memory of the buffer, in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity() + self.parsed.args.capacity() * size_of::<Range<usize>>()
    }

    /// The memory of an unfinished request, in bytes: what has arrived of it, and the decoder's notes.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.end - self.start + self.parsed.args.capacity() * size_of::<Range<usize>>()
    }

    /// At most doubles the space: a client cannot make it grow by announcing a length, only by sending
    /// bytes. The last argument gets no more than it needs.
    fn grow(&mut self) {
        let doubled = self.bytes.len().min(MAX_GROWTH);
        let more = match self.parsed.bytes_needed {
            needed @ 1.. if self.parsed.args_left == 1 => doubled.min(needed),
            _ => doubled,
        };
        let more = more.max(READ_SIZE);
        self.bytes.reserve_exact(more);
        self.bytes.resize(self.bytes.len() + more, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stay_until_they_are_consumed() {
        let mut buffer = ReadBuffer::new();
        buffer.extend(b"hello world");
        buffer.consume(6);
        assert_eq!(buffer.filled(), b"world");
        buffer.extend(b"!");
        assert_eq!(buffer.filled(), b"world!");
    }

    #[test]
    fn growing_loses_no_bytes() {
        let mut buffer = ReadBuffer::new();
        let long: Vec<u8> = (0..=255u8).cycle().take(10 * READ_SIZE + 7).collect();
        buffer.extend(&long);
        buffer.consume(5);
        assert!(buffer.spare_mut().len() >= READ_SIZE);
        assert_eq!(buffer.filled(), &long[5..]);
    }

    #[test]
    fn a_large_buffer_is_given_back_when_it_is_empty() {
        let mut buffer = ReadBuffer::new();
        buffer.extend(&vec![7; 2 * MAX_RETAINED]);
        buffer.consume(2 * MAX_RETAINED);
        assert_eq!(buffer.spare_mut().len(), READ_SIZE);
        assert_eq!(buffer.bytes.capacity(), READ_SIZE);
    }

    #[test]
    fn a_short_request_is_offered_one_read_even_if_the_buffer_is_large() {
        let mut buffer = ReadBuffer::new();
        buffer.extend(&vec![7; MAX_RETAINED - READ_SIZE]);
        buffer.consume(MAX_RETAINED - READ_SIZE);
        assert!(buffer.bytes.len() > 2 * READ_SIZE);
        assert_eq!(buffer.spare_mut().len(), READ_SIZE);
    }

    #[test]
    fn a_long_argument_is_offered_more_but_never_more_than_it_needs() {
        let mut buffer = ReadBuffer::new();
        buffer.extend(&vec![7; 4 * READ_SIZE]);
        buffer.parsed.bytes_needed = 100_000_000;
        assert_eq!(buffer.spare_mut().len(), 4 * READ_SIZE);
        buffer.extend(&vec![7; 4 * READ_SIZE]);
        (buffer.parsed.bytes_needed, buffer.parsed.args_left) = (READ_SIZE + 10, 1);
        assert_eq!(buffer.spare_mut().len(), READ_SIZE + 10);
        assert_eq!(buffer.bytes.capacity(), 9 * READ_SIZE + 10);
    }
}
