//! One connection: a socket that never waits, what has arrived on it, and what has yet to be sent.

use std::io::{self, Read, Write};
use std::rc::Rc;

use mio::event::Event;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use shared::clock::UnixMillis;
use shared::inbox::Inbox;
use shared::limits;
use shared::session::Session;

/// What a connection waits for.
pub const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// One client.
pub struct Connection {
    stream: TcpStream,
    pub session: Rc<Session>,
    inbox: Inbox,
    outbox: Vec<u8>,
    /// When its socket was last ready: the client said something, or read something.
    pub last_active: UnixMillis,
    /// How much of the outbox is sent already.
    sent: usize,
    /// There is something to read. The kernel says so once, so we must remember it.
    is_readable: bool,
    /// Requests wait in the inbox because the outbox is full.
    is_behind: bool,
    /// The client will say nothing more. What it has asked is still answered.
    has_finished: bool,
}

/// What is to be done next for a client.
pub enum Progress {
    /// Nothing, until its socket is ready again.
    Waits,
    /// There is more to read right now, but it is the turn of others.
    HasMore,
    /// Close the connection.
    Ended,
}

impl Connection {
    pub fn new(stream: TcpStream, session: Rc<Session>, last_active: UnixMillis) -> Self {
        let (inbox, outbox) = (Inbox::new(), Vec::new());
        let (is_readable, is_behind, has_finished) = (false, false, false);
        Self {
            stream,
            session,
            inbox,
            outbox,
            last_active,
            sent: 0,
            is_readable,
            is_behind,
            has_finished,
        }
    }

    /// Sends what is left from before, reads once, answers, sends that. A client that does not read its
    /// replies is not read from either once the outbox is full, so it cannot fill our memory.
    pub fn converse(
        &mut self,
        event: &Event,
        mut answer: impl FnMut(&mut Inbox, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<Progress> {
        self.is_readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.flush()?;
        if self.is_behind {
            self.catch_up(&mut answer)?;
        }
        if self.is_readable && !self.is_behind && !self.session.is_leaving() {
            self.fill(event.is_read_closed())?;
            self.catch_up(&mut answer)?;
        }
        let is_over = self.session.is_leaving() || self.has_finished;
        Ok(if is_over && self.outbox.is_empty() {
            Progress::Ended
        } else if self.is_readable && !self.is_behind && !is_over {
            Progress::HasMore
        } else {
            Progress::Waits
        })
    }

    /// Answers what is in the inbox, as long as the client takes the replies.
    fn catch_up(
        &mut self,
        answer: &mut impl FnMut(&mut Inbox, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        loop {
            answer(&mut self.inbox, &self.session, &mut self.outbox)?;
            self.is_behind = self.outbox.len() >= limits::OUTBOX;
            self.flush()?;
            if !self.is_behind || self.outbox.len() >= limits::OUTBOX {
                return Ok(());
            }
        }
    }

    /// Reads once. A read that does not fill the room has taken all there was (epoll(7)); behind the last
    /// byte of a client that closes, only another read finds the end.
    fn fill(&mut self, is_closing: bool) -> io::Result<()> {
        let room = self.inbox.room();
        let size = room.len();
        match self.stream.read(room) {
            Ok(0) => {
                self.has_finished = true;
                self.is_readable = false;
            }
            Ok(count) => {
                self.inbox.arrived(count);
                self.is_readable = count == size || is_closing;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.is_readable = false,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Sends as much of the outbox as the kernel takes now.
    fn flush(&mut self) -> io::Result<()> {
        while let Some(unsent) = self.outbox.get(self.sent..).filter(|bytes| !bytes.is_empty()) {
            match self.stream.write(unsent) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // To move the rest to the front each time would take time quadratic in its length.
                    if self.sent >= self.outbox.len() / 2 {
                        self.outbox.drain(..self.sent);
                        self.sent = 0;
                    }
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        self.outbox.clear();
        self.sent = 0;
        Ok(())
    }

    /// Has the kernel tell us again that this socket is ready, after the others had their turn.
    pub fn ask_again(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.reregister(&mut self.stream, token, INTEREST)
    }
}
