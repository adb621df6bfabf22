//! A connection to a server: sends a request, waits for its reply.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use codec::{BadReply, Codec, Reply};
use shared::buffer::ReadBuffer;

use super::notice;
use super::show::pushed;
use crate::other_lab::explain;
use crate::port;

/// After this time without a reply, the client prints a possible reason.
const HINT_AFTER: Duration = Duration::from_millis(300);
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No server answers at that address.
    #[error(
        "no server answers at {0} ({1}).\nStart it in another terminal:\n  {serve}",
        serve = port::command_to_serve("cargo run", *.0)
    )]
    NoServer(SocketAddr, io::Error),
    /// The server has closed the connection, or has ended.
    #[error("the server at {0} has closed the connection")]
    Closed(SocketAddr),
    /// The connection has failed.
    #[error("the connection to {0} has failed: {1}")]
    Broken(SocketAddr, io::Error),
    /// The bytes are not a reply.
    #[error("{}", explain(*.1, *.0, "cargo run", "client"))]
    BadReply(SocketAddr, BadReply),
    /// The host has no address, or stdin or stdout is of no use.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection<C> {
    stream: TcpStream,
    addr: SocketAddr,
    codec: C,
    buffer: ReadBuffer,
    /// A reply has shown that the server speaks the protocol of this client.
    is_understood: bool,
}

impl<C: Codec> Connection<C> {
    /// Connects. If this takes longer than 300 ms, a notice on stderr says why.
    ///
    /// # Errors
    /// [`ClientError::NoServer`].
    pub fn open(addr: SocketAddr) -> Result<Self, ClientError> {
        let stream = match TcpStream::connect_timeout(&addr, HINT_AFTER) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                notice("no connection for 300 ms: the server's backlog may be full; Ctrl-C stops");
                TcpStream::connect_timeout(&addr, CONNECT_TIMEOUT)
            }
            connected => connected,
        };
        let stream = stream.map_err(|error| ClientError::NoServer(addr, error))?;
        // This fails only on a broken socket. The first write will report it better.
        _ = stream.set_nodelay(true);
        Ok(Self {
            stream,
            addr,
            codec: C::default(),
            buffer: ReadBuffer::new(),
            is_understood: false,
        })
    }

    /// Sends one request and waits for its reply without a time limit. After 300 ms, a notice on
    /// stderr says why the reply may be late.
    ///
    /// # Errors
    /// [`ClientError`]. After an error, the connection cannot be used any more.
    pub fn ask(&mut self, args: &[Vec<u8>]) -> Result<Reply, ClientError> {
        let reply = self.exchange(args)?;
        if !self.is_understood && C::looks_foreign(&reply) && !self.is_pong_next() {
            return Err(ClientError::BadReply(self.addr, BadReply::SpeaksResp));
        }
        self.is_understood = true;
        Ok(reply)
    }

    /// Whether the next line is the reply of lab 1 to PING.
    ///
    /// The first reply looks like RESP. A stored value may look so as well, so this asks once more. A server
    /// of lines has sent one line, and PONG comes next. A server of RESP sends the rest of its reply, or
    /// `+PONG`, or has closed the connection. The client adds no other request: students read the trace of their server.
    fn is_pong_next(&mut self) -> bool {
        let next = self.exchange(&[b"PING".to_vec()]);
        next.is_ok_and(|reply| reply == Reply::bulk("PONG"))
    }

    fn exchange(&mut self, args: &[Vec<u8>]) -> Result<Reply, ClientError> {
        let mut waiting = Waiting { since: Instant::now(), hint_after: Some(HINT_AFTER) };
        self.send(args, &mut waiting)?;
        loop {
            match self.codec.decode_reply(&mut self.buffer) {
                Ok(Some(Reply::Push(items))) => notice(&format!("pushed: {}", pushed(&items))),
                Ok(Some(reply)) => {
                    waiting.end();
                    return Ok(reply);
                }
                Ok(None) => self.read(&mut waiting)?,
                Err(bad) => return Err(ClientError::BadReply(self.addr, bad)),
            }
        }
    }

    fn send(&mut self, args: &[Vec<u8>], waiting: &mut Waiting) -> Result<(), ClientError> {
        let mut output = Vec::new();
        C::encode_request(args, &mut output);
        let mut unsent = output.as_slice();
        while !unsent.is_empty() {
            self.stream
                .set_write_timeout(waiting.hint_after)
                .map_err(|error| self.broken(error))?;
            match self.stream.write(unsent) {
                Ok(count) => unsent = unsent.get(count..).unwrap_or_default(),
                Err(error) => waiting.ignore_timeout(error).map_err(|error| self.broken(error))?,
            }
        }
        Ok(())
    }

    fn read(&mut self, waiting: &mut Waiting) -> Result<(), ClientError> {
        self.stream.set_read_timeout(waiting.hint_after).map_err(|error| self.broken(error))?;
        match self.stream.read(self.buffer.spare_mut()) {
            Ok(0) => return Err(ClientError::Closed(self.addr)),
            Ok(count) => self.buffer.commit(count),
            Err(error) => waiting.ignore_timeout(error).map_err(|error| self.broken(error))?,
        }
        Ok(())
    }

    fn broken(&self, error: io::Error) -> ClientError {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                ClientError::Closed(self.addr)
            }
            _ => ClientError::Broken(self.addr, error),
        }
    }
}

/// The wait for a reply.
struct Waiting {
    since: Instant,
    /// The timeout of a read or write, until the notice is printed. Then it is `None`: no timeout.
    hint_after: Option<Duration>,
}

impl Waiting {
    /// Ignores an error that means only that the wait is not over.
    fn ignore_timeout(&mut self, error: io::Error) -> io::Result<()> {
        match error.kind() {
            io::ErrorKind::Interrupted => Ok(()),
            // The name of this error depends on the operating system.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                if self.hint_after.take().is_some() =>
            {
                notice(
                    "no reply for 300 ms: the server may be busy with another client; Ctrl-C stops",
                );
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn end(&self) {
        if self.hint_after.is_none() {
            notice(&format!("the reply came after {:.1} s", self.since.elapsed().as_secs_f64()));
        }
    }
}

impl<C> Connection<C> {
    /// The address of the server.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}
