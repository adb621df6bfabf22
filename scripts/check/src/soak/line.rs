//! A connection of the clients that have a thread of their own. It waits for replies, but never so long
//! that it would not notice the end of the soak.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use codec::printable::one_line;
use codec::{Codec as _, Reply, resp};
use shared::buffer::ReadBuffer;

use super::book::{Book, Trouble};

/// A server that has said nothing for so long will never.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long the handshake may take: the kernel repeats it when the queue was full.
const DIALLING: Duration = Duration::from_secs(15);
/// How often we look whether it is time to leave.
const GLANCE: Duration = Duration::from_millis(50);

/// Why a client cannot go on.
#[derive(Debug)]
pub enum End {
    /// It is time to leave.
    Stopped,
    /// Something is wrong.
    Trouble(Trouble),
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// One connection. It is counted as held until it is dropped.
#[derive(Debug)]
pub struct Line<'a> {
    stream: TcpStream,
    inbox: ReadBuffer,
    codec: resp::Codec,
    book: &'a Book,
}

/// Connects. The first part of every client's life.
///
/// # Errors
/// `Lost` if the server does not take us, `Unable` if this machine has no port or descriptor left.
pub fn dial(addr: SocketAddr) -> Result<TcpStream, Trouble> {
    let stream =
        TcpStream::connect_timeout(&addr, DIALLING).map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::TimedOut => Trouble::Lost(format!("cannot connect: {error}")),
            _ => Trouble::Unable(format!("this machine cannot open one more connection: {error}")),
        })?;
    // Fails only if the socket is broken already, which the first write will tell better.
    _ = stream.set_nodelay(true);
    Ok(stream)
}

impl<'a> Line<'a> {
    /// Connects.
    ///
    /// # Errors
    /// See [`dial`].
    pub fn open(addr: SocketAddr, book: &'a Book) -> Result<Self, End> {
        let stream = dial(addr)?;
        // A read or write that waits for nothing else is how everything here takes its time.
        let timed = stream.set_read_timeout(Some(GLANCE));
        timed.and(stream.set_write_timeout(Some(GLANCE))).map_err(lost)?;
        book.arrived();
        Ok(Self { stream, inbox: ReadBuffer::new(), codec: resp::Codec::default(), book })
    }

    /// Sends all of it.
    ///
    /// # Errors
    /// [`End`].
    pub fn send(&mut self, mut bytes: &[u8]) -> Result<(), End> {
        let mut last = Instant::now();
        while !bytes.is_empty() {
            match self.send_some(bytes)? {
                0 => self.wait_since(last)?,
                count => {
                    bytes = &bytes[count..];
                    last = Instant::now();
                }
            }
        }
        Ok(())
    }

    /// Sends as much as the kernel takes soon, perhaps nothing.
    ///
    /// # Errors
    /// [`End`].
    pub fn send_some(&mut self, bytes: &[u8]) -> Result<usize, End> {
        self.stream.write(bytes).or_else(passing)
    }

    /// The next reply, which has to come.
    ///
    /// # Errors
    /// [`End`].
    pub fn reply(&mut self) -> Result<Reply, End> {
        let last = Instant::now();
        loop {
            if let Some(reply) = self.try_reply()? {
                return Ok(reply);
            }
            match self.hear(usize::MAX)? {
                Some(0) => return Err(closed().into()),
                Some(_) => {}
                None => self.wait_since(last)?,
            }
        }
    }

    /// The next reply, if it is all here.
    ///
    /// # Errors
    /// [`End`].
    pub fn try_reply(&mut self) -> Result<Option<Reply>, End> {
        let reply = self.codec.decode_reply(&mut self.inbox);
        reply.map_err(|bad| Trouble::Wrong(format!("what came is no reply: {bad}")).into())
    }

    /// Reads once, `most` bytes at most: how many came, 0 at the end, `None` if nothing came soon.
    ///
    /// # Errors
    /// [`End`].
    pub fn hear(&mut self, most: usize) -> Result<Option<usize>, End> {
        let room = self.inbox.spare_mut();
        let most = room.len().min(most);
        match self.stream.read(&mut room[..most]) {
            Ok(count) => {
                self.inbox.commit(count);
                Ok(Some(count))
            }
            Err(error) => passing(error).map(|_| None),
        }
    }

    /// Goes on waiting, unless it was too long or it is time to leave.
    ///
    /// # Errors
    /// [`End`].
    pub fn wait_since(&self, last: Instant) -> Result<(), End> {
        if self.book.is_stopping() {
            return Err(End::Stopped);
        }
        if last.elapsed() > PATIENCE { Err(silent().into()) } else { Ok(()) }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.book.left();
    }
}

/// Passes over an error that only means that nothing has happened yet.
fn passing(error: io::Error) -> Result<usize, End> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => Ok(0),
        _ => Err(lost(error)),
    }
}

fn lost(error: io::Error) -> End {
    Trouble::Lost(format!("a connection broke: {error}")).into()
}

/// The server has hung up on somebody who did nothing wrong.
pub fn closed() -> Trouble {
    Trouble::Lost("the server closed a connection that had requests under way".to_owned())
}

/// The server does not answer somebody who did nothing wrong.
pub fn silent() -> Trouble {
    Trouble::Lost(format!("a request was not answered within {PATIENCE:?}"))
}

/// Does nothing for a while; as long as the soak goes on.
pub fn pause(book: &Book, time: Duration) {
    let end = Instant::now() + time;
    while !book.is_stopping() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(GLANCE));
    }
}

/// A reply as people read it, cut short.
pub fn shown(reply: &Reply) -> String {
    let text = match reply {
        Reply::Nil => return "nil".to_owned(),
        Reply::Bulk(bytes) if bytes.len() > 40 => {
            return format!("{} bytes that begin {}", bytes.len(), bytes[..24].escape_ascii());
        }
        Reply::Bulk(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Reply::Status(text) | Reply::Error(text) | Reply::Text(text) => one_line(text),
        Reply::Double(digits) | Reply::BigNumber(digits) => digits.clone(),
        Reply::Integer(number) => number.to_string(),
        Reply::Boolean(is) => is.to_string(),
        Reply::Array(_) | Reply::Set(_) | Reply::Push(_) | Reply::Map(_) => "an array".to_owned(),
    };
    text.chars().take(100).collect()
}
