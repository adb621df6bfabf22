//! A connection to the server. Most clients have a thread and wait for replies; those of the pool share a thread
//! and never wait. So the connection works with both kinds of socket.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use shared::buffer::ReadBuffer;

use super::counters::{Counters, End, STOP_CHECK};

/// A request without a reply for this long is a failure of the server.
pub const REPLY_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest handshake: the kernel repeats it when the backlog was full.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// One connection. It counts as held until it is dropped.
#[derive(Debug)]
pub struct Connection<'a, S = TcpStream> {
    /// The socket.
    pub stream: S,
    /// Whether to wait for replies when the clients have to end. The last reading of all keys does so.
    pub outlasts_soak: bool,
    buffer: ReadBuffer,
    codec: resp::Codec,
    counters: &'a Counters,
}

/// Opens a socket.
///
/// # Errors
/// `Lost` if the server does not accept, `Unable` if this machine has no port or descriptor left.
pub fn connect(addr: SocketAddr) -> Result<TcpStream, End> {
    use io::ErrorKind::{ConnectionRefused, ConnectionReset, TimedOut};
    let stream =
        TcpStream::connect_timeout(&addr, CONNECT_TIMEOUT).map_err(|error| match error.kind() {
            ConnectionRefused | ConnectionReset | TimedOut => {
                End::Lost(format!("cannot connect: {error}"))
            }
            _ => End::Unable(format!("this machine cannot open one more connection: {error}")),
        })?;
    // This fails only on a broken socket. The first write will report it better.
    _ = stream.set_nodelay(true);
    Ok(stream)
}

impl<'a> Connection<'a> {
    /// Connects a client that has a thread of its own.
    ///
    /// # Errors
    /// See [`connect`].
    pub fn open(addr: SocketAddr, counters: &'a Counters) -> Result<Self, End> {
        let stream = connect(addr)?;
        stream.set_read_timeout(Some(STOP_CHECK)).map_err(broken)?;
        stream.set_write_timeout(Some(STOP_CHECK)).map_err(broken)?;
        Ok(Self::new(stream, counters))
    }

    /// Sends all bytes.
    ///
    /// # Errors
    /// As for [`Connection::wait_since`], or if the connection breaks.
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

    /// Waits for the next reply.
    ///
    /// # Errors
    /// As for [`Connection::wait_since`], or if the connection breaks.
    pub fn reply(&mut self) -> Result<Reply, End> {
        let since = Instant::now();
        loop {
            if let Some(reply) = self.next_reply()? {
                return Ok(reply);
            }
            if !self.receive(usize::MAX)? {
                self.wait_since(since)?;
            }
        }
    }

    /// Whether to go on waiting for what has not happened since then.
    ///
    /// # Errors
    /// `Stopped` if the soak is over, `Lost` if the server had enough time.
    pub fn wait_since(&self, since: Instant) -> Result<(), End> {
        if self.counters.is_stopping() && !self.outlasts_soak {
            return Err(End::Stopped);
        }
        if since.elapsed() > REPLY_TIMEOUT { Err(no_reply()) } else { Ok(()) }
    }
}

impl<'a, S> Connection<'a, S> {
    /// A connection on an open socket.
    pub fn new(stream: S, counters: &'a Counters) -> Self {
        counters.opened();
        let (buffer, codec) = (ReadBuffer::new(), resp::Codec::default());
        Self { stream, outlasts_soak: false, buffer, codec, counters }
    }

    /// The next reply, if it has arrived whole.
    ///
    /// # Errors
    /// `Wrong` if the bytes are no reply.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, End> {
        let reply = self.codec.decode_reply(&mut self.buffer);
        reply.map_err(|bad| End::Wrong(format!("the bytes that came are no reply: {bad}")))
    }
}

impl<S: Read + Write> Connection<'_, S> {
    /// Sends as many bytes as the kernel takes, perhaps none. Returns how many.
    ///
    /// # Errors
    /// `Lost` if the connection breaks.
    pub fn send_some(&mut self, bytes: &[u8]) -> Result<usize, End> {
        transfer(|| self.stream.write(bytes)).map(Option::unwrap_or_default)
    }

    /// Reads once, `most` bytes at most. Returns whether bytes came.
    ///
    /// # Errors
    /// `Lost` if the server has closed the connection, or the connection breaks.
    pub fn receive(&mut self, most: usize) -> Result<bool, End> {
        let spare = self.buffer.spare_mut();
        let most = spare.len().min(most);
        match transfer(|| self.stream.read(&mut spare[..most]))? {
            Some(0) => Err(End::Lost("the server closed a connection".to_owned())),
            Some(count) => {
                self.buffer.commit(count);
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

impl<S> Drop for Connection<'_, S> {
    fn drop(&mut self) {
        self.counters.closed();
    }
}

/// Reads or writes. `None` means that the socket is not ready.
fn transfer(mut operation: impl FnMut() -> io::Result<usize>) -> Result<Option<usize>, End> {
    loop {
        match operation() {
            Ok(count) => return Ok(Some(count)),
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(None),
                _ => return Err(broken(error)),
            },
        }
    }
}

fn broken(error: io::Error) -> End {
    End::Lost(format!("a connection broke: {error}"))
}

/// The server does not answer.
pub fn no_reply() -> End {
    End::Lost(format!("a request was not answered within {REPLY_TIMEOUT:?}"))
}

/// Compares the reply to a request with the only right one.
///
/// # Errors
/// `Wrong` if it differs.
pub fn expect(request: &str, reply: &Reply, expected: &Reply) -> Result<(), End> {
    if reply == expected {
        return Ok(());
    }
    let (expected, reply) = (shown(expected), shown(reply));
    Err(End::Wrong(format!("{request}\n  expected: {expected}\n  got:      {reply}")))
}

/// A reply for people, on one line and cut short.
pub fn shown(reply: &Reply) -> String {
    let text = match reply {
        Reply::Nil => "nil".to_owned(),
        Reply::Bulk(bytes) if bytes.len() > 40 => {
            format!("{} bytes that begin {}", bytes.len(), bytes[..24].escape_ascii())
        }
        Reply::Bulk(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        // This form escapes all control characters.
        other => format!("{other:?}"),
    };
    text.chars().take(100).collect()
}
