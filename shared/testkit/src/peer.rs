//! A client that sends and receives raw bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::LIMIT;

/// A client without a protocol: a test decides every byte.
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

    /// The client's address, as the server sees it.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.stream.local_addr().expect("the socket is ours")
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).expect("cannot send");
        self
    }

    /// Sends bytes to a server that may close the connection before it has read all of them.
    pub fn send_until_closed(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Sends bytes to a server that may close the connection.
    ///
    /// # Errors
    /// If it has closed the connection.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Reads as many bytes as `expected` has, and compares.
    #[track_caller]
    pub fn expect(&mut self, expected: impl AsRef<[u8]>) -> &mut Self {
        let expected = expected.as_ref();
        let received = self.read(expected.len());
        assert!(
            received == expected,
            "\nexpected: {}\nreceived: {}\n",
            expected[..expected.len().min(2000)].escape_ascii(),
            received[..received.len().min(2000)].escape_ascii()
        );
        self
    }

    /// A second handle of the same connection, so that one thread can send while another thread reads.
    #[must_use]
    pub fn clone_handle(&self) -> Self {
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

    /// Reads this many bytes, or fewer if the server closes the connection.
    #[track_caller]
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let mut received = Vec::with_capacity(count.min(1 << 20));
        let read = (&self.stream).take(count as u64).read_to_end(&mut received);
        if let Err(error) = read {
            panic!("after {} bytes, {}: {error}", received.len(), received.escape_ascii());
        }
        received
    }

    /// Reads until the received bytes end with `end`, or until the server closes the connection or sends
    /// nothing more.
    #[must_use]
    pub fn read_until(&mut self, end: Option<&[u8]>) -> Vec<u8> {
        let (mut received, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
        while !end.is_some_and(|end| received.ends_with(end)) {
            match self.stream.read(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(count) => received.extend_from_slice(&chunk[..count]),
            }
        }
        received
    }

    /// Sends a request and expects its reply.
    #[track_caller]
    pub fn ask(&mut self, request: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) -> &mut Self {
        self.send(request).expect(reply)
    }

    /// Expects that the server closes the connection without sending more bytes.
    #[track_caller]
    pub fn expect_closed(&mut self) {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("the connection is not closed: {other:?} {byte:?}"),
        }
    }

    /// Whether no byte arrives during this time.
    #[must_use]
    pub fn receives_nothing_for(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).expect("the socket is ours");
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(LIMIT)).expect("the socket is ours");
        peeked
            .is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    /// Closes the sending side of the connection. Replies can still arrive.
    pub fn finish(&mut self) -> &mut Self {
        self.stream.shutdown(Shutdown::Write).expect("the socket is ours");
        self
    }

    /// Ends the connection with a reset (RST) instead of a FIN. The kernel sends a reset if a socket is
    /// closed while it holds unread bytes, so a reply must be on its way.
    pub fn reset(self) {
        self.stream.peek(&mut [0]).expect("a reply must arrive that stays unread");
    }
}
