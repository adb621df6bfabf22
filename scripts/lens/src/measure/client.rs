//! A client of ours: it asks, waits for the replies, and counts bytes. (The client of the labs, `kit::client`,
//! waits without a limit and tells a student why a reply is late.)

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::time::{Duration, Instant};

use codec::Reply;
use harness::scenario::conversation::Conversation;
use trace::protocol::Protocol;
use trace::semantics::describe;

use super::MeasureError;
use crate::sys::Server;

/// No server needs so long for something that it does for one client.
const PATIENCE: Duration = Duration::from_secs(10);
/// A server that has much to do needs no longer than this, also on a slow machine.
const LONG_PATIENCE: Duration = Duration::from_secs(60);
/// How many keys are set in one write.
const BATCH: usize = 256;
/// A value of 16 bytes.
pub(crate) const VALUE: &str = "sixteen-letters.";

/// A client that waits for each reply.
#[derive(Debug)]
pub(crate) struct BlockingClient {
    stream: TcpStream,
    conversation: Conversation,
    /// How many bytes it has sent and received.
    pub(crate) bytes: usize,
}

impl BlockingClient {
    /// Connects to a server.
    pub(crate) fn connect(server: &Server) -> io::Result<Self> {
        Self::connect_to(server.addr, server.protocol)
    }

    /// Connects to a server that has just an address yet.
    pub(crate) fn connect_to(addr: SocketAddr, protocol: Protocol) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
        stream.set_nodelay(true)?;
        let client = Self { stream, conversation: Conversation::new(protocol), bytes: 0 };
        client.wait_for(PATIENCE)?;
        Ok(client)
    }

    /// Connects to a server that will have much to do.
    pub(crate) fn connect_patiently(server: &Server) -> io::Result<Self> {
        let client = Self::connect(server)?;
        client.wait_for(LONG_PATIENCE)?;
        Ok(client)
    }

    /// The limit for each read and write.
    fn wait_for(&self, patience: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(patience))?;
        self.stream.set_write_timeout(Some(patience))
    }

    /// The port that it comes from.
    pub(crate) fn port(&self) -> io::Result<u16> {
        Ok(self.stream.local_addr()?.port())
    }

    /// The same connection, to write bytes of any kind. This client waits for the replies.
    pub(crate) fn writer(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }

    /// Sends a command so many times in one write, and waits for the replies; `#` in it is its number.
    /// Returns how long that took.
    pub(crate) fn ask(&mut self, command: &str, count: usize) -> io::Result<Duration> {
        self.ask_numbered(command, (1..=count).map(|number| number.to_string()))
    }

    /// Sets the keys of these numbers, as redis-benchmark makes them of `key:__rand_int__`: 16 bytes. The value may
    /// be `@1000`, and more arguments of SET may follow it.
    pub(crate) fn fill(&mut self, keys: Range<u64>, value: &str) -> io::Result<()> {
        let command = format!("SET key:# {value}");
        for start in keys.clone().step_by(BATCH) {
            let batch = start..keys.end.min(start + BATCH as u64);
            self.ask_numbered(&command, batch.map(|number| format!("{number:012}")))?;
        }
        Ok(())
    }

    fn ask_numbered(
        &mut self,
        command: &str,
        numbers: impl Iterator<Item = String>,
    ) -> io::Result<Duration> {
        let (mut outbox, mut replies) = (Vec::new(), 0);
        for number in numbers {
            self.conversation.encode(command, &number, &mut outbox);
            replies += 1;
        }
        let begun = Instant::now();
        self.stream.write_all(&outbox)?;
        self.bytes += outbox.len();
        self.wait(replies).map_err(|error| match error.kind() {
            io::ErrorKind::Other => {
                io::Error::other(format!("{command} was answered with {error}"))
            }
            _ => error,
        })?;
        Ok(begun.elapsed())
    }

    /// Waits for so many replies.
    ///
    /// # Errors
    /// If the connection fails, or a reply is an error: that is [`io::ErrorKind::Other`].
    pub(crate) fn wait(&mut self, mut replies: usize) -> io::Result<()> {
        while replies > 0 {
            match self.conversation.decode().map_err(io::Error::other)? {
                Some(reply @ Reply::Error(_)) => return Err(io::Error::other(describe(&reply))),
                Some(_) => replies -= 1,
                None => self.read()?,
            }
        }
        Ok(())
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

/// Sets the keys of these numbers, on a connection of its own.
///
/// # Errors
/// If the server hangs up or refuses.
pub fn fill(server: &Server, keys: Range<u64>, value: &str) -> Result<(), MeasureError> {
    let client = BlockingClient::connect_patiently(server);
    let filled = client.and_then(|mut client| client.fill(keys, value));
    filled.map_err(|error| MeasureError::lost(server, error))
}

/// Connects so many clients, which are silent until they are dropped. Each says PING once and waits for the reply,
/// so that all of them are accepted, and none waits in the kernel.
///
/// # Errors
/// If there are not enough file descriptors, or the server takes no more.
pub(crate) fn idle_clients(server: &Server, count: usize) -> Result<Vec<TcpStream>, MeasureError> {
    let connect = |_| {
        let mut client = BlockingClient::connect(server)?;
        client.ask("PING", 1)?;
        // Without its buffer: there may be ten thousand of them.
        Ok(client.stream)
    };
    let clients: io::Result<Vec<TcpStream>> = (0..count).map(connect).collect();
    clients.map_err(|error| MeasureError::lost(server, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// What a client makes of a reply to its PING.
    fn asked(protocol: Protocol, reply: &'static [u8]) -> io::Result<Duration> {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = server.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut client, _) = server.accept().unwrap();
            client.read_exact(&mut [0; 5]).unwrap();
            client.write_all(reply).unwrap();
            // It stays until the client goes: a reset could overtake the reply.
            _ = client.read_to_end(&mut Vec::new());
        });
        BlockingClient::connect_to(addr, protocol).unwrap().ask("PING", 1)
    }

    #[test]
    fn each_error_of_a_server_is_one_and_a_value_that_looks_like_one_is_none() {
        for (protocol, reply) in [
            (Protocol::Resp, &b"-WRONGTYPE Operation against a key\r\n"[..]),
            (Protocol::Resp, b"-ERR no\r\n"),
            (Protocol::Lines, b"WRONGPASS invalid\n"),
            (Protocol::Lines, b"NOPROTO unsupported\n"),
        ] {
            let error = asked(protocol, reply).unwrap_err().to_string();
            assert!(error.starts_with("PING was answered with "), "{error}");
        }
        for (protocol, reply) in
            [(Protocol::Resp, &b"$5\r\nERR x\r\n"[..]), (Protocol::Lines, b"1\n")]
        {
            asked(protocol, reply).unwrap();
        }
    }
}
