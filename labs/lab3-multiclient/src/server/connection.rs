//! One connection: a socket that never sleeps. What it could not do yet waits in its two buffers.

use std::io::{self, Read, Write};
use std::time::Instant;

use mio::Interest;
use mio::net::TcpStream;
use shared::buffer::ReadBuffer;
use shared::limits;
use shared::session::Session;

/// The events that a connection waits for. The kernel announces each change once: when bytes arrive, and
/// when a full socket takes bytes again.
pub const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// One client.
pub struct Connection {
    stream: TcpStream,
    pub session: Session,
    /// The read buffer: requests that have not been answered.
    input: ReadBuffer,
    /// The write buffer: replies that have not been sent.
    output: Vec<u8>,
    /// This many bytes of the write buffer have been sent.
    sent: usize,
    /// The client will send nothing more. Its last requests are still answered.
    read_closed: bool,
    /// The time of its last event, for the idle timeout.
    pub last_active: Instant,
}

impl Connection {
    pub fn new(stream: TcpStream, session: Session, last_active: Instant) -> Self {
        let (input, output) = (ReadBuffer::new(), Vec::new());
        Self { stream, session, input, output, sent: 0, read_closed: false, last_active }
    }

    /// Answers, writes and reads until the kernel has nothing more to read, or takes nothing more to write.
    /// Returns whether the connection is over.
    ///
    /// The kernel will not announce again what was ready before. Whoever stops earlier loses a wake-up.
    pub fn on_ready(
        &mut self,
        mut answer: impl FnMut(&mut ReadBuffer, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<bool> {
        loop {
            self.flush()?;
            // This client does not read its replies: it gets no more until its socket takes some bytes.
            if self.output.len() - self.sent >= limits::MAX_UNSENT {
                break;
            }
            let before = self.output.len();
            answer(&mut self.input, &self.session, &mut self.output)?;
            let has_answered = self.output.len() > before;
            if !has_answered && (self.session.is_closing() || !self.fill()?) {
                break;
            }
        }
        if self.input.is_empty() {
            self.input = ReadBuffer::new();
        }
        Ok(self.output.is_empty() && (self.session.is_closing() || self.read_closed))
    }

    /// Reads once. Returns whether bytes have come.
    fn fill(&mut self) -> io::Result<bool> {
        loop {
            match self.stream.read(self.input.spare_mut()) {
                Ok(0) => self.read_closed = true,
                Ok(count) => {
                    self.input.commit(count);
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            return Ok(false);
        }
    }

    /// Writes until the kernel takes nothing more.
    fn flush(&mut self) -> io::Result<()> {
        while self.sent < self.output.len() {
            match self.stream.write(&self.output[self.sent..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        if self.sent == self.output.len() {
            (self.output, self.sent) = (Vec::new(), 0);
        } else if self.sent >= self.output.len() / 2 {
            // To move the rest to the front after each write would take time quadratic in its length.
            self.output.drain(..self.sent);
            self.sent = 0;
        }
        Ok(())
    }
}
