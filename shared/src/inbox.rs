//! What a client has sent and nobody has answered yet.
//!
//! TCP carries a stream of bytes and not messages: one read may bring half a command or a hundred.
//! So the bytes that arrive are collected here, and a decoder takes whole requests from the front.
//! The inbox also remembers how far the decoder has come in a request of which only a part is here;
//! to start again from its first byte at each read would take time quadratic in its length.

use crate::limits::KEPT;
use crate::request::{Request, Word};

/// Room offered to each read, in bytes, at the least.
const ROOM: usize = 16 * 1024;

/// The bytes of one connection that wait to be decoded.
#[derive(Debug, Default)]
pub struct Inbox {
    /// `bytes[start..end]` has arrived and waits; what lies behind `end` is room for more.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    bookmark: Bookmark,
    /// The words of a line, with quotes and escapes taken away.
    unquoted: Vec<u8>,
}

/// How far the decoder has come in the request at the front.
#[derive(Debug, Default)]
pub(crate) struct Bookmark {
    /// All before it has been looked at. Counted, as the words are, from the start of the request.
    pub(crate) cursor: usize,
    /// Where the words lie that are whole.
    pub(crate) words: Vec<Word>,
    /// How many words are still to come.
    pub(crate) missing: usize,
    /// How many bytes of the word that has begun are still to come.
    pub(crate) wanted: usize,
}

impl Inbox {
    /// An inbox that has nothing in it and takes no memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing waits in it: all that has arrived is decoded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the decoder has begun with the request at the front, and waits for the rest of it.
    pub(crate) fn has_begun(&self) -> bool {
        self.bookmark.cursor > 0
    }

    /// Free space for a `read` to write into, at least 16 KiB. Follow it with [`Inbox::arrived`].
    ///
    /// It grows with what has arrived and never on the word of a length that somebody sent. Small requests
    /// are offered little room even when there is more: all that one read brings is answered in one turn.
    pub fn room(&mut self) -> &mut [u8] {
        if self.is_empty() {
            self.start = 0;
            self.end = 0;
            if self.bytes.len() + self.bookmark.words.capacity() * size_of::<Word>() > KEPT {
                *self = Self::new();
            }
        }
        if self.bytes.len() - self.end < ROOM {
            if self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            if self.bytes.len() - self.end < ROOM {
                // Not by more than that: to clear 256 MiB would keep everybody waiting.
                let more = self.bytes.len().clamp(ROOM, KEPT);
                self.bytes.resize(self.bytes.len() + more, 0);
            }
        }
        let room = self.bytes.get_mut(self.end..).unwrap_or_default();
        let offered = room.len().min(self.bookmark.wanted.max(ROOM));
        room.get_mut(..offered).unwrap_or_default()
    }

    /// Says that a `read` put `count` bytes into [`Inbox::room`].
    pub fn arrived(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Puts `bytes` behind what has arrived: what tests and benchmarks use in place of a socket.
    pub fn push(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(ROOM) {
            self.room()[..part.len()].copy_from_slice(part);
            self.arrived(part.len());
        }
    }

    /// The bytes that have arrived and are not part of a decoded request.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// The unread bytes, and how far the decoder has come in them.
    pub(crate) fn open(&mut self) -> (&[u8], &mut Bookmark) {
        (self.bytes.get(self.start..self.end).unwrap_or_default(), &mut self.bookmark)
    }

    /// The length of the line at the front without its `\n`, or `None` if its end is not here yet.
    /// Bytes that held no `\n` are not searched a second time.
    pub fn find_line(&mut self) -> Option<usize> {
        let (bytes, Bookmark { cursor, .. }) = self.open();
        let ahead = bytes.get(*cursor..).unwrap_or_default();
        let found = memchr::memchr(b'\n', ahead).map(|distance| *cursor + distance);
        if found.is_none() {
            *cursor = bytes.len();
        }
        found
    }

    /// Takes `count` bytes from the front and forgets the bookmark: the next request starts there.
    pub fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        self.bookmark.cursor = 0;
        self.bookmark.wanted = 0;
    }

    /// Takes all that the decoder has looked at from the front, as the request that it is.
    pub(crate) fn take_request(&mut self) -> Request<'_> {
        let start = self.start;
        self.skip_request();
        let bytes = self.bytes.get(start..self.start).unwrap_or_default();
        Request::new(bytes, &self.bookmark.words)
    }

    /// Takes it and forgets it.
    pub(crate) fn skip_request(&mut self) {
        self.consume(self.bookmark.cursor);
    }

    /// Takes the line of `length` bytes and its `\n` from the front and splits it into words, at
    /// spaces and by the quoting rules of [`crate::words`]. A line of spaces gives no words.
    ///
    /// # Errors
    /// [`crate::words::UnbalancedQuotes`] if a quote is opened and not closed.
    pub fn take_line(
        &mut self,
        length: usize,
    ) -> Result<Request<'_>, crate::words::UnbalancedQuotes> {
        let start = self.start;
        self.consume(length + 1);
        let line = self.bytes.get(start..start + length).unwrap_or_default();
        crate::words::split_into(line, &mut self.unquoted, &mut self.bookmark.words)?;
        Ok(Request::new(&self.unquoted, &self.bookmark.words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pushed_is_unread_until_it_is_consumed() {
        let mut inbox = Inbox::new();
        inbox.push(b"hello world");
        inbox.consume(6);
        assert_eq!(inbox.unread(), b"world");
        inbox.push(b"!");
        assert_eq!(inbox.unread(), b"world!");
    }

    #[test]
    fn room_is_made_without_losing_what_waits() {
        let mut inbox = Inbox::new();
        let long: Vec<u8> = (0..=255u8).cycle().take(10 * ROOM + 7).collect();
        inbox.push(&long);
        inbox.consume(5);
        assert!(inbox.room().len() >= ROOM);
        assert_eq!(inbox.unread(), &long[5..]);
    }

    #[test]
    fn a_large_buffer_is_given_back_when_it_is_empty() {
        let mut inbox = Inbox::new();
        inbox.push(&vec![7; 2 * KEPT]);
        inbox.consume(2 * KEPT);
        assert_eq!(inbox.room().len(), ROOM);
    }

    #[test]
    fn small_requests_are_offered_little_room_although_a_large_one_was_here() {
        let mut inbox = Inbox::new();
        inbox.push(&vec![7; KEPT - ROOM]);
        inbox.consume(KEPT - ROOM);
        assert!(inbox.bytes.len() > 2 * ROOM);
        assert_eq!(inbox.room().len(), ROOM);
    }

    #[test]
    fn the_rest_of_a_large_word_is_offered_room_for_all_of_it_that_has_been_made() {
        let mut inbox = Inbox::new();
        inbox.push(b"*1\r\n$100000000\r\n");
        inbox.push(&vec![7; 3 * KEPT]);
        assert!(crate::resp::decode(&mut inbox).is_ok_and(|request| request.is_none()));
        let room = inbox.room().len();
        assert!(room > ROOM && room <= KEPT + ROOM, "{room}");
    }
}
