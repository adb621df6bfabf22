//! A connection to a server: sends a request, waits for its reply.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use codec::{BadReply, Codec, Reply};
use shared::buffer::ReadBuffer;

use super::show::pushed;
use super::transcript::Transcript;
use super::{ClientError, notice};

/// After this time without a reply, the client prints a possible reason.
pub(super) const HINT_AFTER: Duration = Duration::from_millis(300);
/// That reason.
pub(super) const HINT: &str =
    "no reply for 300 ms: the server may be busy with another client; Ctrl-C stops";
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);

/// Connects. If this takes longer than 300 ms, a notice on stderr says why.
pub(super) fn connect(addr: SocketAddr) -> Result<TcpStream, ClientError> {
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
    Ok(stream)
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection<C> {
    stream: TcpStream,
    addr: SocketAddr,
    codec: C,
    buffer: ReadBuffer,
    /// Shows the bytes of requests and replies, if the user wants to see them.
    transcript: Option<Transcript>,
    /// A reply has shown that the server speaks the protocol of this client.
    is_understood: bool,
}

impl<C: Codec> Connection<C> {
    /// Connects. `raw`: shows the bytes of each request and of its reply.
    ///
    /// # Errors
    /// [`ClientError::NoServer`].
    pub fn open(addr: SocketAddr, raw: bool) -> Result<Self, ClientError> {
        Ok(Self {
            stream: connect(addr)?,
            addr,
            codec: C::default(),
            buffer: ReadBuffer::new(),
            transcript: raw.then(Transcript::default),
            is_understood: false,
        })
    }

    /// Whether it shows the bytes of requests and replies.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.transcript.is_some()
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
                    self.end_line()?;
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
        if self.is_raw() {
            Transcript::sent(&output)?;
        }
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
        let spare = self.buffer.spare_mut();
        match self.stream.read(spare) {
            Ok(0) => {
                self.end_line()?;
                return Err(ClientError::Closed(self.addr));
            }
            Ok(count) => {
                if let Some(transcript) = &mut self.transcript {
                    transcript.received(spare.get(..count).unwrap_or_default())?;
                }
                self.buffer.commit(count);
            }
            Err(error) => waiting.ignore_timeout(error).map_err(|error| self.broken(error))?,
        }
        // What comes late may be all that comes.
        if waiting.hint_after.is_none() { self.end_line() } else { Ok(()) }
    }

    /// Shows the bytes that have come and do not end a line.
    fn end_line(&mut self) -> Result<(), ClientError> {
        if let Some(transcript) = &mut self.transcript {
            transcript.end_line()?;
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
                notice(HINT);
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
