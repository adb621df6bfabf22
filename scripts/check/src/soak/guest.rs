//! One of the crowd: a connection that sends some requests, hears their replies, and is silent for a
//! while. Its socket never waits.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use shared::buffer::ReadBuffer;
use socket2::SockRef;

use super::book::Trouble;
use super::ledger::Asked;
use super::line;

/// One client.
#[derive(Debug)]
pub struct Guest {
    stream: TcpStream,
    inbox: ReadBuffer,
    codec: resp::Codec,
    outbox: Vec<u8>,
    sent: usize,
    /// How much of the outbox may be sent: not all of it, if this is to be half a request for a while.
    until: usize,
    asked: VecDeque<Asked>,
    /// When the first byte of what is under way was sent.
    asked_at: Instant,
    /// When it is its turn again, or its patience ends.
    pub due: Instant,
}

/// What a guest is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Nothing is under way.
    Idle,
    /// It has stopped in the middle of a request.
    Halfway,
    /// It waits for replies.
    Waiting,
}

impl Guest {
    /// Connects.
    ///
    /// # Errors
    /// See [`line::dial`].
    pub fn dial(addr: SocketAddr) -> Result<Self, Trouble> {
        let stream = line::dial(addr)?;
        stream.set_nonblocking(true).map_err(broken)?;
        let now = Instant::now();
        Ok(Self {
            stream: TcpStream::from_std(stream),
            inbox: ReadBuffer::new(),
            codec: resp::Codec::default(),
            outbox: Vec::new(),
            sent: 0,
            until: 0,
            asked: VecDeque::new(),
            asked_at: now,
            due: now,
        })
    }

    /// Has the kernel tell `registry` when there is something to hear.
    ///
    /// # Errors
    /// `Unable`.
    pub fn register(&mut self, registry: &Registry, token: Token) -> Result<(), Trouble> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registered = registry.register(&mut self.stream, token, interest);
        registered.map_err(|error| Trouble::Unable(format!("cannot watch a socket: {error}")))
    }

    /// What it is doing.
    pub fn mood(&self) -> Mood {
        if self.asked.is_empty() {
            Mood::Idle
        } else if self.until < self.outbox.len() {
            Mood::Halfway
        } else {
            Mood::Waiting
        }
    }

    /// Begins to send these requests; only a part of their bytes, if so wanted.
    ///
    /// # Errors
    /// `Lost`.
    pub fn ask(&mut self, asked: VecDeque<Asked>, part: Option<f64>) -> Result<(), Trouble> {
        self.outbox.clear();
        for one in &asked {
            resp::Codec::encode_request(&one.words(), &mut self.outbox);
        }
        self.asked = asked;
        self.sent = 0;
        self.until = self.outbox.len();
        if let Some(part) = part {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "a place somewhere in the middle"
            )]
            let place = (self.until as f64 * part) as usize;
            self.until = place.clamp(1, self.until.saturating_sub(1).max(1));
        }
        self.asked_at = Instant::now();
        self.flush()
    }

    /// Sends the other part.
    ///
    /// # Errors
    /// `Lost`.
    pub fn finish(&mut self) -> Result<(), Trouble> {
        self.until = self.outbox.len();
        self.flush()
    }

    /// Sends as much as it may and the kernel takes.
    ///
    /// # Errors
    /// `Lost`.
    pub fn flush(&mut self) -> Result<(), Trouble> {
        while self.sent < self.until {
            match self.stream.write(&self.outbox[self.sent..self.until]) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(error)),
            }
        }
        Ok(())
    }

    /// Hears all there is, and has each reply judged: what was asked, when it was sent and received.
    ///
    /// # Errors
    /// `Lost` if the server has hung up, `Wrong` if there is a reply too many or none at all.
    pub fn hear(
        &mut self,
        mut judge: impl FnMut(Asked, Instant, Instant, &Reply),
    ) -> Result<(), Trouble> {
        loop {
            match self.stream.read(self.inbox.spare_mut()) {
                Ok(0) if self.asked.is_empty() => {
                    let text = "the server closed a connection that was only silent";
                    return Err(Trouble::Lost(text.to_owned()));
                }
                Ok(0) => return Err(line::closed()),
                Ok(count) => self.inbox.commit(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(error)),
            }
            let received = Instant::now();
            let wrong = |text: String| Trouble::Wrong(text);
            while let Some(reply) = self
                .codec
                .decode_reply(&mut self.inbox)
                .map_err(|bad| wrong(format!("what came is no reply: {bad}")))?
            {
                let Some(asked) = self.asked.pop_front() else {
                    return Err(wrong(format!("a reply to no request: {}", line::shown(&reply))));
                };
                judge(asked, self.asked_at, received, &reply);
            }
        }
    }

    /// Sends something whose fate nobody will know, and leaves.
    pub fn leave_behind(mut self, bytes: &[u8]) {
        // It may be a part of it: this guest is about to be rude.
        _ = self.stream.write(bytes);
    }

    /// Leaves without a goodbye: the server gets a reset (RST) and no end (FIN).
    pub fn reset(mut self, bytes: &[u8]) {
        _ = self.stream.write(bytes);
        _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }
}

fn broken(error: io::Error) -> Trouble {
    Trouble::Lost(format!("a connection broke: {error}"))
}
