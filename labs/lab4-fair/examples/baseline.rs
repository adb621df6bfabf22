//! The baseline: the cost of a server of this design that does nothing. It reads, counts the requests in the
//! bytes, and answers each request with the same bytes. It has no keys, and it decodes one request of each
//! connection. The difference between lab 4 and the baseline is the cost of decoding, looking up and
//! replying. No server with one thread, `epoll`, and one read and one write for each event can be cheaper.
//! `scripts/bench.sh` measures against it.
//!
//! ```sh
//! cargo run --release -p lab4-fair --example baseline -- --port 0
//! ```
//!
//! It does only what redis-benchmark needs: the first bytes of a request must come in one piece, and no
//! argument may hold a `*`, because a `*` marks the start of a request here.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use kit::cli::{self, Task};
use kit::port;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use slab::Slab;
use socket2::{Domain, Socket, Type};

const LISTENER: Token = Token(usize::MAX);
/// As in lab 4: another backlog would make a difference.
const BACKLOG: i32 = 511;
/// The size of a read.
const READ_SIZE: usize = 64 * 1024;
/// Replies are repeated up to about this size, so that one write sends the replies to a whole pipeline.
const REPLIES: usize = 16 * 1024;

/// One client. Nothing is copied for it: `unsent` says how many bytes of `replies` it must still get.
struct Client {
    stream: TcpStream,
    /// The reply to its requests, repeated many times.
    replies: Vec<u8>,
    /// The size of one reply.
    reply_size: usize,
    /// The position in `replies` of the next byte to send.
    position: usize,
    /// The number of bytes to send.
    unsent: usize,
}

fn main() -> ExitCode {
    let about = "Answers every request without reading it";
    let Task::Serve(options) = cli::parse_example("lab4-fair", "baseline", about) else {
        eprintln!("baseline: it only serves: cargo run --release -p lab4-fair --example baseline");
        return ExitCode::FAILURE;
    };
    let ended = listen(&options).and_then(serve);
    ended.map_or_else(
        |error| {
            eprintln!("baseline: {error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn listen(options: &cli::Serve) -> io::Result<TcpListener> {
    let addr = port::resolve(&options.host, options.port)?;
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(options.backlog.unwrap_or(BACKLOG))?;
    socket.set_nonblocking(true)?;
    let listener = TcpListener::from_std(socket.into());
    println!("baseline listening on {} (pid {})", listener.local_addr()?, std::process::id());
    Ok(listener)
}

fn serve(mut listener: TcpListener) -> io::Result<()> {
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut events, mut clients) = (Events::with_capacity(1024), Slab::new());
    let (mut buffer, mut size) = (vec![0; READ_SIZE], 3);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    let slot = clients.vacant_entry();
                    let interest = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, Token(slot.key()), interest)?;
                    slot.insert(Client {
                        stream,
                        replies: Vec::new(),
                        reply_size: 0,
                        position: 0,
                        unsent: 0,
                    });
                }
            } else if let Some(client) = clients.get_mut(event.token().0)
                && !client.on_ready(&mut buffer, &mut size)
            {
                clients.remove(event.token().0);
            }
        }
    }
}

impl Client {
    /// Reads until nothing is left, and answers. Returns false when the client has left.
    fn on_ready(&mut self, buffer: &mut [u8], size: &mut usize) -> bool {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return false,
                Ok(count) => {
                    self.count(&buffer[..count], size);
                    if !self.send() {
                        return false;
                    }
                    // A read that does not fill the buffer has taken all there was (epoll(7)).
                    if count < buffer.len() {
                        return true;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.send(),
                Err(_) => return false,
            }
        }
    }

    /// Counts the requests that begin in these bytes. The client gets a reply for each.
    fn count(&mut self, bytes: &[u8], size: &mut usize) {
        if self.replies.is_empty() {
            let reply = expected_reply(bytes, size);
            self.reply_size = reply.len();
            self.replies = reply.repeat((REPLIES / reply.len()).max(1));
        }
        self.unsent += memchr::memchr_iter(b'*', bytes).count() * self.reply_size;
    }

    /// Sends what the kernel takes. Returns false when the client has left.
    fn send(&mut self) -> bool {
        while self.unsent > 0 {
            let end = self.replies.len().min(self.position + self.unsent);
            match self.stream.write(&self.replies[self.position..end]) {
                Ok(count) => {
                    self.unsent -= count;
                    self.position = (self.position + count) % self.replies.len();
                }
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }
}

/// The reply that the client expects. It will send no other kind of request. `size` is the length of the last
/// value that was set, because a GET does not contain it.
fn expected_reply(request: &[u8], size: &mut usize) -> Vec<u8> {
    let head = String::from_utf8_lossy(&request[..request.len().min(256)]).to_uppercase();
    // *3 $3 SET $4 name $5 Alice
    let lines: Vec<&str> = head.split("\r\n").collect();
    match lines.get(2).copied() {
        Some("SET") => {
            let length = lines.get(5).and_then(|line| line.strip_prefix('$')?.parse().ok());
            *size = length.unwrap_or(*size);
            b"+OK\r\n".to_vec()
        }
        Some("GET") => format!("${size}\r\n{}\r\n", "x".repeat(*size)).into_bytes(),
        Some("CONFIG") => b"*2\r\n$0\r\n\r\n$0\r\n\r\n".to_vec(),
        _ => b"+PONG\r\n".to_vec(),
    }
}
