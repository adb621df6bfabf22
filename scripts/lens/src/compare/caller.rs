//! A client of ours: it asks, waits for the replies, and knows how many bytes went which way.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use trace::protocol::Protocol;

use crate::scenario::conversation::Conversation;

/// Nobody who is asked alone takes so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client.
#[derive(Debug)]
pub(super) struct Caller {
    stream: TcpStream,
    conversation: Conversation,
    /// How many bytes it has sent and received.
    pub(super) bytes: usize,
}

impl Caller {
    /// Connects.
    pub(super) fn connect(addr: SocketAddr, protocol: Protocol) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, conversation: Conversation::new(protocol), bytes: 0 })
    }

    /// The port that it comes from.
    pub(super) fn port(&self) -> io::Result<u16> {
        Ok(self.stream.local_addr()?.port())
    }

    /// Sends a command so many times in one write, and waits for the replies; `#` in it is its number.
    /// Returns how long that took.
    pub(super) fn ask(&mut self, command: &str, count: usize) -> io::Result<Duration> {
        self.ask_numbered(command, 1..=count)
    }

    /// The same, with these numbers.
    pub(super) fn ask_numbered(
        &mut self,
        command: &str,
        numbers: impl IntoIterator<Item = usize>,
    ) -> io::Result<Duration> {
        let (mut outbox, mut waiting) = (Vec::new(), 0);
        for number in numbers {
            self.conversation.encode(command, number, &mut outbox);
            waiting += 1;
        }
        let begun = Instant::now();
        self.stream.write_all(&outbox)?;
        self.bytes += outbox.len();
        while waiting > 0 {
            match self.conversation.decode().map_err(io::Error::other)? {
                Some(reply) if is_error(&reply) => {
                    return Err(io::Error::other(format!("{command} was answered with {reply}")));
                }
                Some(_) => waiting -= 1,
                None => self.read()?,
            }
        }
        Ok(begun.elapsed())
    }

    fn read(&mut self) -> io::Result<()> {
        let count = self.stream.read(self.conversation.received.spare_mut())?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up"));
        }
        self.conversation.received.commit(count);
        self.bytes += count;
        Ok(())
    }
}

/// Errors begin so in both protocols, and no value of ours does.
fn is_error(reply: &str) -> bool {
    ["ERR ", "OOM ", "NOAUTH ", "MISCONF ", "(error)"].iter().any(|start| reply.starts_with(start))
}
