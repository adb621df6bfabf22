//! A bare socket on the other side: raw bytes both ways.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::LIMIT;

/// A client that says what it is told to, and nothing else.
#[derive(Debug)]
pub struct Peer {
    stream: TcpStream,
}

impl Peer {
    /// Connects.
    #[must_use]
    pub fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&addr, LIMIT).expect("cannot connect");
        stream.set_read_timeout(Some(LIMIT)).expect("the socket is ours");
        stream.set_write_timeout(Some(LIMIT)).expect("the socket is ours");
        stream.set_nodelay(true).expect("the socket is ours");
        Self { stream }
    }

    /// The address of this side, as the server sees it.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr().expect("the socket is ours")
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).expect("cannot send");
        self
    }

    /// Sends bytes to a server that may hang up before it has read them all.
    pub fn send_until_closed(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Reads as many bytes as `expected` has, and compares.
    #[track_caller]
    pub fn expect(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        let expected = expected.as_ref();
        let found = self.read(expected.len());
        assert!(
            found == expected,
            "\nexpected: {}\n   found: {}\n",
            expected[..expected.len().min(2000)].escape_ascii(),
            found[..found.len().min(2000)].escape_ascii()
        );
        self
    }

    /// The same connection once more, so that one thread can send while another reads.
    #[must_use]
    pub fn another_hand(&self) -> Self {
        Self { stream: self.stream.try_clone().expect("the socket is ours") }
    }

    /// Reads up to the end of a line.
    #[track_caller]
    pub fn read_line(&mut self) -> String {
        let mut line = self.read(1);
        while !line.ends_with(b"\n") {
            line.extend(self.read(1));
        }
        String::from_utf8(line).expect("a line of text")
    }

    /// Reads this many bytes, or all there are until the server closes.
    #[track_caller]
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let mut found = Vec::with_capacity(count.min(1 << 20));
        let read = (&self.stream).take(count as u64).read_to_end(&mut found);
        if let Err(error) = read {
            panic!("after {} bytes, {}: {error}", found.len(), found.escape_ascii());
        }
        found
    }

    /// Sends bytes and expects others back.
    #[track_caller]
    pub fn ask(&mut self, question: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) -> &mut Self {
        self.send(question).expect(answer)
    }

    /// Expects that the server closes the connection, and says nothing before.
    #[track_caller]
    pub fn expect_closed(&mut self) {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("the connection is not closed: {other:?} {byte:?}"),
        }
    }

    /// Whether nothing is to be read for this long.
    #[must_use]
    pub fn hears_nothing_for(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).expect("the socket is ours");
        let heard = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(LIMIT)).expect("the socket is ours");
        heard
            .is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    /// Says that nothing more will be sent. Replies can still come.
    pub fn finish(&mut self) -> &mut Self {
        self.stream.shutdown(Shutdown::Write).expect("the socket is ours");
        self
    }

    /// Ends the connection with a reset (RST) in place of a goodbye (FIN): by closing it while there are
    /// bytes that were not read. So the server must have answered something before.
    pub fn reset(self) {
        self.stream.peek(&mut [0]).expect("there must be something to leave unread");
    }
}
