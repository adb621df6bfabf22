//! Lines of a file or of a pipe, one after the other, in a buffer that does not grow with the file.

use std::io::{self, Read};

use memchr::memchr;

/// How much is read at a time, in bytes.
const CHUNK: usize = 256 * 1024;
/// A line longer than this is cut, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// A line, without its `\n`.
    Line(&'a [u8]),
    /// No whole line is left in the buffer, and to read more may take a while. This is what is here of
    /// the line that has begun; it comes again when it is whole.
    Pause(&'a [u8]),
    /// The end.
    End,
}

/// Reads lines from `input`.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    /// `buffer[start..end]` has been read and not returned.
    start: usize,
    end: usize,
    /// Before this place there is no end of a line.
    searched: usize,
    /// The next call may read, because [`Next::Pause`] was returned.
    has_paused: bool,
    /// We are within a line that was cut.
    is_skipping: bool,
    has_ended: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of `input`, from where it stands.
    pub fn new(input: R) -> Self {
        let buffer = vec![0; CHUNK];
        let (has_paused, is_skipping, has_ended) = (false, false, false);
        Self { input, buffer, start: 0, end: 0, searched: 0, has_paused, is_skipping, has_ended }
    }

    /// The next line, or why there is none.
    ///
    /// # Errors
    /// If the input cannot be read.
    #[allow(clippy::should_implement_trait)] // What it returns borrows from the buffer.
    pub fn next(&mut self) -> io::Result<Next<'_>> {
        loop {
            let unsearched = self.buffer.get(self.searched..self.end).unwrap_or_default();
            if let Some(distance) = memchr(b'\n', unsearched) {
                let line = self.start..self.searched + distance;
                self.start = line.end + 1;
                self.searched = self.start;
                if !std::mem::take(&mut self.is_skipping) {
                    return Ok(Next::Line(self.buffer.get(line).unwrap_or_default()));
                }
                continue;
            }
            self.searched = self.end;
            let rest = self.start..self.end;
            if self.has_ended {
                self.start = self.end;
                let is_over = rest.is_empty() || self.is_skipping;
                let line = self.buffer.get(rest).unwrap_or_default();
                return Ok(if is_over { Next::End } else { Next::Line(line) });
            }
            if rest.len() >= LONGEST {
                self.start = self.end;
                if !std::mem::replace(&mut self.is_skipping, true) {
                    return Ok(Next::Line(self.buffer.get(rest).unwrap_or_default()));
                }
                continue;
            }
            if !std::mem::replace(&mut self.has_paused, true) {
                let rest = if self.is_skipping { 0..0 } else { rest };
                return Ok(Next::Pause(self.buffer.get(rest).unwrap_or_default()));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        self.searched = self.end;
        if self.buffer.len() - self.end < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() + CHUNK, 0);
        }
        match self.input.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
            Ok(0) => self.has_ended = true,
            Ok(count) => self.end += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        self.has_paused = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Hands out its pieces one at a time, as a pipe does.
    struct Pieces(Vec<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let piece = self.0.remove(0);
            room[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    fn all(input: impl Read) -> Vec<Vec<u8>> {
        let (mut lines, mut all) = (Lines::new(input), Vec::new());
        loop {
            match lines.next().unwrap() {
                Next::Line(line) => all.push(line.to_vec()),
                Next::Pause(_) => {}
                Next::End => return all,
            }
        }
    }

    #[test]
    fn what_is_here_of_a_line_is_shown_before_the_rest_is_waited_for() {
        let mut lines =
            Lines::new(Pieces(vec![b"one\naccept4(3, ".to_vec(), b"8) = 4\n".to_vec()]));
        assert_eq!(lines.next().unwrap(), Next::Pause(b""));
        assert_eq!(lines.next().unwrap(), Next::Line(b"one"));
        assert_eq!(lines.next().unwrap(), Next::Pause(b"accept4(3, "));
        assert_eq!(lines.next().unwrap(), Next::Line(b"accept4(3, 8) = 4"));
        assert_eq!(lines.next().unwrap(), Next::Pause(b""));
        assert_eq!(lines.next().unwrap(), Next::End);
        assert_eq!(lines.next().unwrap(), Next::End);
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_is_whole() {
        let mut long = vec![b'x'; 3 * LONGEST];
        long.extend_from_slice(b"\nnext\nlast");
        let lines = all(long.as_slice());
        assert_eq!(lines.len(), 3);
        assert!(lines[0].len() >= LONGEST && lines[0].len() < 2 * LONGEST);
        assert_eq!(lines[1..], [b"next", b"last"]);
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_they_arrive(pieces in proptest::collection::vec("[ab\n]{1,9}", 0..20)) {
            let whole = pieces.concat();
            let expected: Vec<Vec<u8>> = whole.lines().map(|line| line.as_bytes().to_vec()).collect();
            let pieces = pieces.into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(all(Pieces(pieces)), expected);
        }
    }
}
