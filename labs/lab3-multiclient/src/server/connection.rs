//! One connection: a socket that never waits, what has arrived on it, and what has yet to be sent.

use std::io::{self, Read, Write};
use std::mem;
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
    /// Requests may wait in the inbox, because enough of them were answered in one turn.
    is_behind: bool,
    /// The client will say nothing more. What it has asked is still answered.
    has_finished: bool,
}

/// Buffers that connections use one after the other. The last one to be left is the next to be used.
#[derive(Default)]
pub struct Desk {
    inboxes: Vec<Inbox>,
    outboxes: Vec<Vec<u8>>,
}

/// So many of each kind lie on the desk, at most: as many clients may be in the middle of a large request,
/// or of a large reply, and find room for the next one.
const SPARE: usize = 16;

/// Leaves a buffer on the desk, if there is room.
fn leave<T: Default>(buffer: &mut T, spare: &mut Vec<T>) {
    let buffer = mem::take(buffer);
    if spare.len() < SPARE {
        spare.push(buffer);
    }
}

/// What is to be done next for a client.
pub enum Progress {
    /// Nothing, until its socket is ready again.
    Waits,
    /// There is more to do right now, but it is the turn of others.
    HasMore,
    /// Close the connection.
    Ended,
}

impl Connection {
    pub fn new(stream: TcpStream, session: Rc<Session>, last_active: UnixMillis) -> Self {
        Self {
            stream,
            session,
            inbox: Inbox::new(),
            outbox: Vec::new(),
            last_active,
            sent: 0,
            is_readable: false,
            is_behind: false,
            has_finished: false,
        }
    }

    /// A client's turn at the desk. A client with whom all is settled, as with nearly all after their
    /// turn, leaves the buffers there for the next one: so 10,000 silent clients take no memory for them,
    /// and the bytes of the one who talks lie where the processor's cache has them.
    pub fn converse(
        &mut self,
        event: &Event,
        desk: &mut Desk,
        answer: impl FnOnce(&mut Inbox, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<Progress> {
        if self.inbox.is_empty() {
            self.inbox = desk.inboxes.pop().unwrap_or_default();
        }
        if self.outbox.is_empty() {
            self.outbox = desk.outboxes.pop().unwrap_or_default();
        }
        let progress = self.take_turn(event, answer);
        if self.inbox.is_empty() {
            leave(&mut self.inbox, &mut desk.inboxes);
        }
        if self.outbox.is_empty() {
            leave(&mut self.outbox, &mut desk.outboxes);
        }
        progress
    }

    /// The turn is short, since the others wait for theirs: it sends what is left from before,
    /// reads once, answers, and sends that. A client that does not read its replies is not read from
    /// either once the outbox is full, so it cannot fill our memory.
    fn take_turn(
        &mut self,
        event: &Event,
        answer: impl FnOnce(&mut Inbox, &Session, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<Progress> {
        self.is_readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        let mut takes_more = self.flush()?;
        if self.has_room() && !self.session.is_leaving() {
            if self.is_readable && !self.is_behind {
                self.fill(event.is_read_closed())?;
            }
            let before = self.outbox.len();
            answer(&mut self.inbox, &self.session, &mut self.outbox)?;
            let has_stopped_early = self.outbox.len() >= before + limits::TURN;
            self.is_behind =
                has_stopped_early && !self.inbox.is_empty() && !self.session.is_leaving();
            takes_more = self.flush()?;
        }
        let has_said_all = self.session.is_leaving() || self.has_finished && !self.is_behind;
        let can_send = takes_more && !self.outbox.is_empty();
        let can_answer = self.has_room() && (self.is_behind || self.is_readable);
        Ok(if has_said_all && self.outbox.is_empty() {
            Progress::Ended
        } else if can_send || can_answer && !has_said_all {
            Progress::HasMore
        } else {
            Progress::Waits
        })
    }

    /// Whether more replies may wait for this client.
    fn has_room(&self) -> bool {
        self.outbox.len() - self.sent < limits::OUTBOX
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

    /// Sends as much of the outbox as the kernel takes and as is this client's turn. Tells whether the
    /// kernel would take more.
    fn flush(&mut self) -> io::Result<bool> {
        let end = self.outbox.len().min(self.sent + limits::SENDING);
        let mut takes_more = true;
        while let Some(part) = self.outbox.get(self.sent..end).filter(|part| !part.is_empty()) {
            match self.stream.write(part) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    takes_more = false;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        self.forget_what_is_sent();
        Ok(takes_more)
    }

    fn forget_what_is_sent(&mut self) {
        if self.sent == self.outbox.len() {
            self.outbox.clear();
            if self.outbox.capacity() > limits::KEPT {
                self.outbox = Vec::new();
            }
            self.sent = 0;
        } else if self.sent >= self.outbox.len() / 2 {
            // To move the rest to the front each time would take time quadratic in its length.
            self.outbox.drain(..self.sent);
            self.sent = 0;
        }
    }

    /// Has the kernel tell us again that this socket is ready, after the others had their turn.
    pub fn ask_again(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.reregister(&mut self.stream, token, INTEREST)
    }
}
