//! One connection: a socket that never sleeps, and that stops after a short turn.

use std::io::{self, Read, Write};
use std::time::Instant;

use mio::Interest;
use mio::event::Event;
use mio::net::TcpStream;
use shared::buffer::ReadBuffer;
use shared::limits;
use shared::session::Session;

use super::pool::BufferPool;

/// The events that a connection waits for. The kernel announces each change once: when bytes arrive, and
/// when a full socket takes bytes again.
pub const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// This many bytes are written in one turn: the replies of the turn, and some that have waited.
const WRITE_BUDGET: usize = 8 * limits::REPLY_BATCH;

/// One client.
#[expect(clippy::struct_excessive_bools, reason = "who stops early must remember what was left")]
pub struct Connection {
    stream: TcpStream,
    pub session: Session,
    /// The read buffer: requests that have not been answered.
    input: ReadBuffer,
    /// The write buffer: replies that have not been sent.
    output: Vec<u8>,
    /// This many bytes of the write buffer have been sent.
    sent: usize,
    /// There may be more bytes to read. The kernel has announced them and will not do so again.
    is_readable: bool,
    /// Whole requests may be in the read buffer: the last turn has ended before they were answered.
    has_pending_requests: bool,
    /// The client will send nothing more. Its last requests are still answered.
    read_closed: bool,
    /// The connection waits for its next turn.
    pub is_queued: bool,
    /// The time of its last event, for the idle timeout.
    pub last_active: Instant,
}

/// What a turn has left.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing can be done until the next event.
    Waits,
    /// More can be done at once, but other clients come first. No event will announce it.
    HasMore,
    /// The connection is over.
    Ended,
}

impl Connection {
    pub fn new(stream: TcpStream, session: Session, last_active: Instant) -> Self {
        Self {
            stream,
            session,
            input: ReadBuffer::new(),
            output: Vec::new(),
            sent: 0,
            is_readable: false,
            has_pending_requests: false,
            read_closed: false,
            is_queued: false,
            last_active,
        }
    }

    /// Notes what the kernel has announced.
    pub fn note(&mut self, event: &Event, now: Instant) {
        self.last_active = now;
        // After the last bytes of a client that closes, only another read finds the end.
        self.read_closed |= event.is_read_closed();
        self.is_readable |= event.is_readable() || event.is_read_closed() || event.is_error();
    }

    /// One turn, with buffers from the pool. A connection that has nothing left in its buffers gives them
    /// back: so 10,000 silent clients need no memory for buffers, and the bytes of the active client are
    /// in the processor's cache.
    pub fn on_ready(
        &mut self,
        pool: &mut BufferPool,
        answer: impl FnOnce(&mut ReadBuffer, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<Progress> {
        pool.lend(&mut self.input, &mut self.output);
        let progress = self.take_turn(answer);
        pool.take_back(&mut self.input, &mut self.output);
        progress
    }

    /// Writes what was left, reads once, answers, and writes again. Each step has a budget, so the turn is
    /// short.
    fn take_turn(
        &mut self,
        answer: impl FnOnce(&mut ReadBuffer, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<Progress> {
        let mut is_writable = self.flush()?;
        if self.has_room() && !self.session.is_closing() {
            if self.is_readable && !self.has_pending_requests {
                self.fill()?;
            }
            let before = self.output.len();
            answer(&mut self.input, &self.session, &mut self.output)?;
            let has_stopped_early = self.output.len() >= before + limits::REPLY_BATCH;
            self.has_pending_requests = has_stopped_early && !self.input.is_empty();
            is_writable = self.flush()?;
        }
        let can_answer = self.has_pending_requests || self.is_readable;
        let is_over = self.session.is_closing() || self.read_closed && !can_answer;
        Ok(if is_over && self.output.is_empty() {
            Progress::Ended
        } else if is_writable && !self.output.is_empty()
            || can_answer && !is_over && self.has_room()
        {
            Progress::HasMore
        } else {
            Progress::Waits
        })
    }

    /// Whether the client may get more replies. A client that does not read its replies gets no more.
    fn has_room(&self) -> bool {
        self.output.len() - self.sent < limits::MAX_UNSENT
    }

    /// Reads once. A read that does not fill the space has taken all there was (epoll(7)).
    fn fill(&mut self) -> io::Result<()> {
        let spare = self.input.spare_mut();
        let size = spare.len();
        match self.stream.read(spare) {
            Ok(0) => (self.is_readable, self.read_closed) = (false, true),
            Ok(count) => {
                self.input.commit(count);
                self.is_readable = count == size || self.read_closed;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.is_readable = false,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes until the kernel takes nothing more, or the budget is used up. Returns whether the kernel
    /// would take more.
    fn flush(&mut self) -> io::Result<bool> {
        let end = self.output.len().min(self.sent + WRITE_BUDGET);
        let mut is_writable = true;
        while self.sent < end {
            match self.stream.write(&self.output[self.sent..end]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    is_writable = false;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if self.sent == self.output.len() {
            self.output.clear();
            self.sent = 0;
        } else if self.sent >= self.output.len() / 2 {
            // To move the rest to the front after each write would take time quadratic in its length.
            self.output.drain(..self.sent);
            self.sent = 0;
        }
        Ok(is_writable)
    }
}
