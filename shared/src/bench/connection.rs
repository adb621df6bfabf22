//! One client of the load: dials, sends its share of the requests, reads the replies, leaves.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::figures::Figures;
use super::tape::{Decoder, Kind, Replies, Tape};
use crate::inbox::Inbox;
use crate::wire::Codec;

/// What all clients of a load share.
pub struct Shared {
    pub tape: Tape,
    pub replies: Replies,
    pub figures: Figures,
    pub pipeline: usize,
}

/// How far a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The handshake is not complete.
    Connecting,
    /// It is connected and has sent its first requests. No reply has come.
    Waiting,
    /// It gets replies.
    Served,
}

/// One client.
pub struct Connection<C> {
    stream: TcpStream,
    pub stage: Stage,
    first_dial: Instant,
    has_redialled: bool,
    inbox: Inbox,
    decoder: Decoder<C>,
    /// The requests that are on their way, by their place on the tape.
    batch: Range<usize>,
    /// The bytes of the batch that the kernel has not taken yet, by their place on the tape.
    unsent: Range<usize>,
    sent_at: Instant,
    /// The replies are those to the client's first batch.
    is_first: bool,
    /// How many requests come after the batch.
    left: u64,
}

impl<C: Codec> Connection<C> {
    /// A client that dials now and has `share` requests to send, from `place` of the tape on.
    pub fn dial(addr: SocketAddr, share: u64, place: usize) -> io::Result<Self> {
        let now = Instant::now();
        Ok(Self {
            stream: TcpStream::connect(addr)?,
            stage: Stage::Connecting,
            first_dial: now,
            has_redialled: false,
            inbox: Inbox::new(),
            decoder: Decoder::default(),
            batch: place..place,
            unsent: 0..0,
            sent_at: now,
            is_first: true,
            left: share,
        })
    }

    /// Hangs up and dials again, because nobody has answered.
    pub fn dial_again(self, addr: SocketAddr, figures: &mut Figures) -> io::Result<Self> {
        figures.redialled += u64::from(!self.has_redialled);
        Ok(Self { stream: TcpStream::connect(addr)?, has_redialled: true, ..self })
    }

    /// Has the kernel tell `registry` when this client can go on.
    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.register(&mut self.stream, token, Interest::READABLE | Interest::WRITABLE)
    }

    /// Goes as far as it can without waiting. Returns whether the client has got all its replies.
    ///
    /// We are told once that there is something to read (`is_readable`); a read that does not fill the
    /// room has taken it all, unless the server is closing: the end is found by another read.
    pub fn advance(
        &mut self,
        shared: &mut Shared,
        is_readable: bool,
        is_closing: bool,
    ) -> io::Result<bool> {
        if self.stage == Stage::Connecting {
            if !self.is_connected()? {
                return Ok(false);
            }
            self.begin(shared)?;
        }
        self.send(shared)?;
        let mut has_more = is_readable;
        while has_more {
            has_more = self.receive(shared, is_closing)?;
            if self.batch.is_empty() {
                if self.left == 0 {
                    shared.figures.service.end(Instant::now());
                    return Ok(true);
                }
                self.is_first = false;
                self.next_batch(shared);
                self.send(shared)?;
            }
        }
        Ok(false)
    }

    fn is_connected(&self) -> io::Result<bool> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        match self.stream.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn begin(&mut self, shared: &mut Shared) -> io::Result<()> {
        // A batch is written in one piece: there is nothing the kernel should wait for (Nagle).
        self.stream.set_nodelay(true)?;
        self.stage = Stage::Waiting;
        self.next_batch(shared);
        shared.figures.connect.record(self.sent_at - self.first_dial, 1);
        shared.figures.last_progress = self.sent_at;
        Ok(())
    }

    fn next_batch(&mut self, shared: &Shared) {
        let size = usize::try_from(self.left).unwrap_or(usize::MAX).min(shared.pipeline);
        self.left -= size as u64;
        let start = self.batch.start % shared.tape.len();
        self.batch = start..start + size;
        self.unsent = shared.tape.range(start, size);
        self.sent_at = Instant::now();
    }

    fn send(&mut self, shared: &Shared) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.write(shared.tape.bytes(self.unsent.clone())) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.unsent.start += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once. Returns whether there may be more to read.
    fn receive(&mut self, shared: &mut Shared, is_closing: bool) -> io::Result<bool> {
        let room = self.inbox.room();
        let size = room.len();
        match self.stream.read(room) {
            Ok(0) => {
                let message = "the server closed the connection before all replies were sent";
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, message))
            }
            Ok(count) => {
                self.inbox.arrived(count);
                self.take_replies(shared)?;
                Ok(count == size || is_closing)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Judges the replies that have arrived, and measures how long after their batch they came.
    fn take_replies(&mut self, shared: &mut Shared) -> io::Result<()> {
        let Shared { replies, figures, .. } = shared;
        let now = Instant::now();
        figures.last_progress = now;
        let first = self.batch.start;
        let mut taken = Ok(());
        while !self.batch.is_empty() {
            let kind = Kind::of(self.batch.start);
            match replies.take(kind, &mut self.inbox, &mut self.decoder) {
                Ok(Some(verdict)) => figures.judge(verdict),
                Ok(None) => break,
                Err(bad) => {
                    taken = Err(io::Error::new(io::ErrorKind::InvalidData, bad));
                    break;
                }
            }
            self.batch.start += 1;
        }
        let count = (self.batch.start - first) as u64;
        if count > 0 {
            let (times, since) = if self.is_first {
                (&mut figures.first, self.first_dial)
            } else {
                (&mut figures.later, self.sent_at)
            };
            times.record(now - self.sent_at, count);
            figures.waits.record(now - since, count);
        }
        if count > 0 && self.stage == Stage::Waiting {
            self.stage = Stage::Served;
            figures.service.begin(now);
        }
        taken
    }
}
