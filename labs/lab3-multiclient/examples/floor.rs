//! The floor: what a server on this design costs when it does nothing. It reads, counts the requests in
//! what it has read, and answers each with the same bytes. It keeps no keys and parses one request a
//! connection. What lab 3 costs above it is what parsing, looking up and replying cost; below it no
//! server of one thread, `epoll` and a read and a write an event can come. `scripts/bench.sh` measures
//! against it.
//!
//! ```sh
//! cargo run --release -p lab3-multiclient --example floor -- --port 0
//! ```
//!
//! Left out, because redis-benchmark does not need it: a request whose first bytes come in two pieces,
//! and words that hold a `*`, which marks the start of a request here.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use shared::cli::{self, Task};
use shared::port;
use slab::Slab;
use socket2::{Domain, Socket, Type};

const LISTENER: Token = Token(usize::MAX);
/// How many clients may wait to be accepted: as many as in lab 3, or the kernel would make the difference.
const BACKLOG: i32 = 511;
/// As much as is read at a time.
const ROOM: usize = 64 * 1024;
/// Replies stand in a row at least this long, so that those to a whole pipeline go in one write.
const REPLIES: usize = 16 * 1024;

/// One client. Nothing is copied for it: `owed` says how much of the row of replies it has yet to get.
struct Client {
    stream: TcpStream,
    /// The reply to its requests, many times in a row.
    replies: Vec<u8>,
    /// How long one reply is.
    reply: usize,
    /// Where in the row the next byte to send stands.
    place: usize,
    /// How many bytes it has yet to get.
    owed: usize,
}

fn main() -> ExitCode {
    let Task::Serve(options) = cli::parse("floor", "Answers every request without reading it")
    else {
        eprintln!("floor: it only serves: cargo run --release --example floor -- --port 0");
        return ExitCode::FAILURE;
    };
    let ended = listen(&options).and_then(serve);
    ended.map_or_else(
        |error| {
            eprintln!("floor: {error}");
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
    println!("floor listening on {} (pid {})", listener.local_addr()?, std::process::id());
    Ok(listener)
}

fn serve(mut listener: TcpListener) -> io::Result<()> {
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut events, mut clients) = (Events::with_capacity(1024), Slab::new());
    let (mut room, mut size) = (vec![0; ROOM], 3);
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
                        reply: 0,
                        place: 0,
                        owed: 0,
                    });
                }
            } else if let Some(client) = clients.get_mut(event.token().0)
                && !client.converse(&mut room, &mut size)
            {
                clients.remove(event.token().0);
            }
        }
    }
}

impl Client {
    /// Reads until there is no more, and answers; false when the client has left.
    fn converse(&mut self, room: &mut [u8], size: &mut usize) -> bool {
        loop {
            match self.stream.read(room) {
                Ok(0) => return false,
                Ok(count) => {
                    self.count(&room[..count], size);
                    if !self.send() {
                        return false;
                    }
                    // A read that does not fill the room has taken all there was (epoll(7)).
                    if count < room.len() {
                        return true;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.send(),
                Err(_) => return false,
            }
        }
    }

    /// Counts the requests that begin in these bytes: the client has a reply to get for each.
    fn count(&mut self, bytes: &[u8], size: &mut usize) {
        if self.replies.is_empty() {
            let reply = learn(bytes, size);
            self.reply = reply.len();
            self.replies = reply.repeat((REPLIES / reply.len()).max(1));
        }
        self.owed += memchr::memchr_iter(b'*', bytes).count() * self.reply;
    }

    /// Sends what the kernel takes now; false when the client has left.
    fn send(&mut self) -> bool {
        while self.owed > 0 {
            let end = self.replies.len().min(self.place + self.owed);
            match self.stream.write(&self.replies[self.place..end]) {
                Ok(count) => {
                    self.owed -= count;
                    self.place = (self.place + count) % self.replies.len();
                }
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }
}

/// What a client wants to hear who asks this; it will not ask anything else. `size` is how long the value
/// is that was last set, since a request to get it does not say.
fn learn(request: &[u8], size: &mut usize) -> Vec<u8> {
    let head = String::from_utf8_lossy(&request[..request.len().min(256)]).to_uppercase();
    // *3 $3 SET $4 name $5 Alice
    let words: Vec<&str> = head.split("\r\n").collect();
    match words.get(2).copied() {
        Some("SET") => {
            let length = words.get(5).and_then(|word| word.strip_prefix('$')?.parse().ok());
            *size = length.unwrap_or(*size);
            b"+OK\r\n".to_vec()
        }
        Some("GET") => format!("${size}\r\n{}\r\n", "x".repeat(*size)).into_bytes(),
        Some("CONFIG") => b"*2\r\n$0\r\n\r\n$0\r\n\r\n".to_vec(),
        _ => b"+PONG\r\n".to_vec(),
    }
}
