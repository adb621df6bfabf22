//! Fills a server with keys, by pipelines of SET on a connection of its own.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::time::Duration;

use super::MeasureError;
use crate::sys::Server;

/// Nothing takes a server so long.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many bytes go in one write, about.
const BATCH: usize = 16 * 1024;
const OK: &[u8] = b"+OK\r\n";

/// The key of this number, as redis-benchmark makes it of `key:__rand_int__`: 16 bytes.
#[must_use]
pub fn key(number: u64) -> String {
    format!("key:{number:012}")
}

/// A request in RESP.
pub fn request(words: &[&str], outbox: &mut Vec<u8>) {
    outbox.extend(format!("*{}\r\n", words.len()).bytes());
    for word in words {
        outbox.extend(format!("${}\r\n{word}\r\n", word.len()).bytes());
    }
}

/// A connection that sets keys.
#[derive(Debug)]
pub struct Filler {
    stream: TcpStream,
    outbox: Vec<u8>,
    inbox: Vec<u8>,
}

impl Filler {
    /// Connects.
    ///
    /// # Errors
    /// If nothing listens there.
    pub fn new(server: &Server) -> Result<Self, MeasureError> {
        let stream =
            TcpStream::connect(server.addr).map_err(|error| MeasureError::lost(server, error))?;
        let prepared = stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(PATIENCE)))
            .and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
        prepared.map_err(|error| MeasureError::lost(server, error))?;
        Ok(Self { stream, outbox: Vec::new(), inbox: Vec::new() })
    }

    /// Sets the keys of these numbers to a value, with more arguments of SET: `EX 100`.
    ///
    /// # Errors
    /// If the server hangs up, is silent for a minute, or refuses one.
    pub fn set(&mut self, keys: Range<u64>, value: &str, options: &[&str]) -> io::Result<()> {
        let mut waiting = 0;
        for number in keys {
            request(&[&["SET", &key(number), value], options].concat(), &mut self.outbox);
            waiting += 1;
            if self.outbox.len() >= BATCH {
                self.send(std::mem::take(&mut waiting))?;
            }
        }
        self.send(waiting)
    }

    /// Sends what is in the outbox, and waits for that many replies.
    fn send(&mut self, replies: usize) -> io::Result<()> {
        self.stream.write_all(&self.outbox)?;
        self.outbox.clear();
        self.inbox.resize(replies * OK.len(), 0);
        self.stream.read_exact(&mut self.inbox)?;
        if self.inbox.chunks(OK.len()).all(|reply| reply == OK) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&self.inbox).lines().next().unwrap_or("").to_owned();
        Err(io::Error::other(format!("SET was answered with {said}")))
    }
}

/// Sets the keys of these numbers to a value, with more arguments of SET, and disconnects.
///
/// # Errors
/// If the server hangs up or refuses.
pub fn fill(
    server: &Server,
    keys: Range<u64>,
    value: &str,
    options: &[&str],
) -> Result<(), MeasureError> {
    Filler::new(server)?
        .set(keys, value, options)
        .map_err(|error| MeasureError::lost(server, error))
}
