//! One client of the load: connects, sends its share of the requests, reads the replies, disconnects.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;

use codec::Codec;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use shared::buffer::ReadBuffer;

use super::figures::Figures;
use super::workload::{Decoder, Kind, Replies, Workload};
use crate::other_lab;

/// What all clients of a load share.
pub struct Shared {
    pub workload: Workload,
    pub replies: Replies,
    pub figures: Figures,
    pub pipeline: usize,
}

/// How far a client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The handshake is not complete.
    Connecting,
    /// The client is connected and has sent its first requests. No reply has come.
    Waiting,
    /// The client has got a reply.
    Served,
}

/// One client.
pub struct Connection<C> {
    stream: TcpStream,
    pub stage: Stage,
    first_attempt: Instant,
    has_retried: bool,
    buffer: ReadBuffer,
    decoder: Decoder<C>,
    /// The requests without a reply, as indexes into the workload.
    batch: Range<usize>,
    /// The bytes of the batch that the kernel has not taken yet, as positions in the workload.
    unsent: Range<usize>,
    sent_at: Instant,
    /// Whether the batch is the client's first.
    is_first: bool,
    /// How many requests come after the batch.
    requests_left: u64,
}

impl<C: Codec> Connection<C> {
    /// Starts to connect. The client will send `share` requests of the workload, from index `first` on.
    pub fn connect(addr: SocketAddr, share: u64, first: usize) -> io::Result<Self> {
        let now = Instant::now();
        Ok(Self {
            stream: TcpStream::connect(addr)?,
            stage: Stage::Connecting,
            first_attempt: now,
            has_retried: false,
            buffer: ReadBuffer::new(),
            decoder: Decoder::default(),
            batch: first..first,
            unsent: 0..0,
            sent_at: now,
            is_first: true,
            requests_left: share,
        })
    }

    /// Closes the socket and connects again, because the handshake takes too long.
    pub fn retry(self, addr: SocketAddr, figures: &mut Figures) -> io::Result<Self> {
        figures.retried += u64::from(!self.has_retried);
        Ok(Self { stream: TcpStream::connect(addr)?, has_retried: true, ..self })
    }

    /// Registers the socket, so that the event loop learns when the client can continue.
    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.register(&mut self.stream, token, Interest::READABLE | Interest::WRITABLE)
    }

    /// Connects, sends and reads as far as possible without waiting. Returns whether the client has
    /// got all its replies.
    ///
    /// An edge-triggered event comes only once. A read that does not fill the buffer has taken all
    /// bytes, except when the server is closing: then another read finds the end of the stream.
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
                if self.requests_left == 0 {
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
        // Each batch is one write. Nagle's algorithm would only delay it.
        self.stream.set_nodelay(true)?;
        self.stage = Stage::Waiting;
        self.next_batch(shared);
        shared.figures.connect.record(self.sent_at - self.first_attempt, 1);
        shared.figures.last_progress = self.sent_at;
        Ok(())
    }

    fn next_batch(&mut self, shared: &Shared) {
        let size = usize::try_from(self.requests_left).unwrap_or(usize::MAX).min(shared.pipeline);
        self.requests_left -= size as u64;
        let start = self.batch.start % shared.workload.len();
        self.batch = start..start + size;
        self.unsent = shared.workload.range(start, size);
        self.sent_at = Instant::now();
    }

    fn send(&mut self, shared: &Shared) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.write(shared.workload.bytes(self.unsent.clone())) {
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
        let spare = self.buffer.spare_mut();
        let size = spare.len();
        match self.stream.read(spare) {
            Ok(0) => {
                let message = "the server closed the connection before all replies were sent";
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, message))
            }
            Ok(count) => {
                self.buffer.commit(count);
                self.take_replies(shared)?;
                Ok(count == size || is_closing)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Checks the replies that have arrived, and records the time since their batch was sent.
    fn take_replies(&mut self, shared: &mut Shared) -> io::Result<()> {
        let Shared { replies, figures, .. } = shared;
        let now = Instant::now();
        figures.last_progress = now;
        let first = self.batch.start;
        let mut taken = Ok(());
        while !self.batch.is_empty() {
            let kind = Kind::of(self.batch.start);
            match replies.take(kind, &mut self.buffer, &mut self.decoder) {
                Ok(Some(verdict)) => figures.record(verdict),
                Ok(None) => break,
                Err(bad) => {
                    taken = Err(other_lab::into_io(bad));
                    break;
                }
            }
            self.batch.start += 1;
        }
        let count = (self.batch.start - first) as u64;
        if count > 0 {
            let (latencies, since) = if self.is_first {
                (&mut figures.first, self.first_attempt)
            } else {
                (&mut figures.later, self.sent_at)
            };
            latencies.record(now - self.sent_at, count);
            figures.waits.record(now - since, count);
        }
        if count > 0 && self.stage == Stage::Waiting {
            self.stage = Stage::Served;
            figures.service.begin(now);
        }
        taken
    }
}
