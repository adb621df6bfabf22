//! One client of the pool: it sends some requests, checks their replies, and is silent for a while. Its socket
//! never waits.

use std::collections::VecDeque;
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::SockRef;

use crate::soak::connection::{Connection, connect, shown};
use crate::soak::counters::{Counters, End};
use crate::soak::oracle::Request;

/// One client.
#[derive(Debug)]
pub struct Client<'a> {
    connection: Connection<'a, TcpStream>,
    /// The part of the requests that is not sent yet.
    unsent: Vec<u8>,
    /// The requests that wait for a reply.
    pending: VecDeque<Request>,
    /// When the first byte of these requests was sent.
    sent_at: Instant,
    /// When its next turn comes, or its time for a reply is up.
    pub due: Instant,
}

/// What a client is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has nothing to send and waits for nothing.
    Idle,
    /// It has stopped in the middle of a request.
    Halfway,
    /// It waits for replies.
    Waiting,
}

impl<'a> Client<'a> {
    /// Connects, and registers the socket.
    ///
    /// # Errors
    /// See [`connect`].
    pub fn connect(
        addr: SocketAddr,
        registry: &Registry,
        token: Token,
        counters: &'a Counters,
    ) -> Result<Self, End> {
        let unable = |error| End::Unable(format!("cannot watch a socket: {error}"));
        let stream = connect(addr)?;
        stream.set_nonblocking(true).map_err(unable)?;
        let mut stream = TcpStream::from_std(stream);
        registry.register(&mut stream, token, Interest::READABLE).map_err(unable)?;
        let now = Instant::now();
        Ok(Self {
            connection: Connection::new(stream, counters),
            unsent: Vec::new(),
            pending: VecDeque::new(),
            sent_at: now,
            due: now,
        })
    }

    /// What it is doing.
    pub fn state(&self) -> State {
        if self.pending.is_empty() {
            State::Idle
        } else if self.unsent.is_empty() {
            State::Waiting
        } else {
            State::Halfway
        }
    }

    /// Sends the first bytes of these requests: `share` of them, from 0 to 1, or fewer if the kernel takes no more.
    ///
    /// # Errors
    /// `Lost`.
    pub fn ask(&mut self, requests: VecDeque<Request>, share: f64) -> Result<(), End> {
        let mut bytes = Vec::new();
        for request in &requests {
            resp::Codec::encode_request(&request.args(), &mut bytes);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "any byte in the middle will do"
        )]
        let part = (bytes.len() as f64 * share) as usize;
        self.pending = requests;
        self.sent_at = Instant::now();
        let sent = self.connection.send_some(&bytes[..part.max(1)])?;
        self.unsent = bytes.split_off(sent);
        Ok(())
    }

    /// Sends the rest, as far as the kernel takes it.
    ///
    /// # Errors
    /// `Lost`.
    pub fn finish(&mut self) -> Result<(), End> {
        let sent = self.connection.send_some(&self.unsent)?;
        self.unsent.drain(..sent);
        Ok(())
    }

    /// Reads all that has arrived, and passes each reply to `judge`: its request, when this was sent and when
    /// the reply was received.
    ///
    /// # Errors
    /// `Lost`, or `Wrong` if there is a reply without a request.
    pub fn receive(
        &mut self,
        mut judge: impl FnMut(Request, Instant, Instant, &Reply),
    ) -> Result<(), End> {
        while self.connection.receive(usize::MAX)? {
            let received = Instant::now();
            while let Some(reply) = self.connection.next_reply()? {
                let Some(request) = self.pending.pop_front() else {
                    return Err(End::Wrong(format!("a reply to no request: {}", shown(&reply))));
                };
                judge(request, self.sent_at, received, &reply);
            }
        }
        Ok(())
    }

    /// Sends these bytes, or a part of them, and closes the connection without reading a reply.
    pub fn send_and_close(mut self, bytes: &[u8]) {
        _ = self.connection.stream.write(bytes);
    }

    /// The same, but the server gets a reset (RST) and not an end (FIN).
    pub fn send_and_reset(self, bytes: &[u8]) {
        _ = SockRef::from(&self.connection.stream).set_linger(Some(Duration::ZERO));
        self.send_and_close(bytes);
    }
}
