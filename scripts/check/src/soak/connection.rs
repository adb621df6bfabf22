//! A connection to the server. It waits for replies, but not longer than the soak lasts.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use shared::buffer::ReadBuffer;
use socket2::SockRef;

use super::counters::{Counters, End, STOP_CHECK};

/// A request without a reply for this long is a failure of the server.
pub const REPLY_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest handshake: the kernel repeats it when the backlog was full.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// One connection. It counts as held until it is dropped.
pub struct Connection<'a> {
    stream: TcpStream,
    buffer: ReadBuffer,
    codec: resp::Codec,
    counters: &'a Counters,
    /// Whether to wait for replies when the soak is over. The last reading of all keys does so.
    pub outlasts_soak: bool,
}

impl<'a> Connection<'a> {
    /// Connects.
    ///
    /// # Errors
    /// `Lost` if the server does not accept, `Unable` if this machine has no port or descriptor left.
    pub fn open(addr: SocketAddr, counters: &'a Counters) -> Result<Self, End> {
        use io::ErrorKind::{ConnectionRefused, ConnectionReset, TimedOut};
        let connected = TcpStream::connect_timeout(&addr, CONNECT_TIMEOUT);
        let stream = connected.map_err(|error| match error.kind() {
            ConnectionRefused | ConnectionReset | TimedOut => {
                End::Lost(format!("cannot connect: {error}"))
            }
            _ => End::Unable(format!("this machine cannot open one more connection: {error}")),
        })?;
        stream.set_nodelay(true).map_err(broken)?;
        stream.set_read_timeout(Some(STOP_CHECK)).map_err(broken)?;
        stream.set_write_timeout(Some(STOP_CHECK)).map_err(broken)?;
        counters.opened();
        let (buffer, codec) = (ReadBuffer::new(), resp::Codec::default());
        Ok(Self { stream, buffer, codec, counters, outlasts_soak: false })
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
        if since.elapsed() > REPLY_TIMEOUT {
            return Err(End::Lost(format!("a request was not answered within {REPLY_TIMEOUT:?}")));
        }
        Ok(())
    }

    /// The next reply, if it has arrived whole.
    ///
    /// # Errors
    /// `Wrong` if the bytes are no reply.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, End> {
        let reply = self.codec.decode_reply(&mut self.buffer);
        reply.map_err(|bad| End::Wrong(format!("the bytes that came are no reply: {bad}")))
    }

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

    /// Sends these bytes, or a part of them, and closes the connection. Nobody reads the reply. With `reset`, the server
    /// gets a reset (RST) and not an end (FIN).
    pub fn abandon(mut self, bytes: &[u8], reset: bool) {
        if reset {
            _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
        _ = self.stream.write(bytes);
    }
}

impl Drop for Connection<'_> {
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
