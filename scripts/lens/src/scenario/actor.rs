//! One client of a scenario: a real socket, a script, and a limit to its patience.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use trace::protocol::Protocol;

use super::Step;
use super::meeting::Meeting;
use super::wire::Talk;
use trace::client_log::{ClientEvent, EventKind, now_us};

/// How much of what was said a record shows, in letters.
const SHOWN: usize = 60;
/// The room for what has arrived and was not read, in bytes. Without a limit the kernel would let it
/// grow to 6 MB, and a client would have to be slow for much longer to be seen.
const RECEIVE_BUFFER: usize = 64 * 1024;

/// A client at work.
pub(super) struct Actor<'a> {
    name: String,
    server: SocketAddr,
    deadline: Instant,
    meeting: &'a Meeting,
    talk: Talk,
    log: Sender<ClientEvent>,
    stream: Option<TcpStream>,
    /// Where its connection comes from; 0 before it has any.
    port: u16,
}

/// Why a client has stopped in the middle of its script.
struct Trouble(String);

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self(match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "waited too long".to_owned(),
            _ => error.to_string(),
        })
    }
}

impl<'a> Actor<'a> {
    pub(super) fn new(
        name: String,
        (server, protocol): (SocketAddr, Protocol),
        patience: Duration,
        meeting: &'a Meeting,
        log: Sender<ClientEvent>,
    ) -> Self {
        let deadline = Instant::now() + patience;
        Self {
            name,
            server,
            deadline,
            meeting,
            talk: Talk::new(protocol),
            log,
            stream: None,
            port: 0,
        }
    }

    /// Does what the script says, and stops early if that cannot be done.
    pub(super) fn play(mut self, steps: &[Step]) {
        for step in steps {
            if let Err(Trouble(why)) = self.act(step) {
                self.note(EventKind::GaveUp { step: describe(step), why });
                return;
            }
        }
    }

    fn act(&mut self, step: &Step) -> Result<(), Trouble> {
        match step {
            Step::Connect => self.connect()?,
            Step::Send { count, words } => {
                let mut bytes = Vec::new();
                for number in 1..=*count {
                    self.talk.encode(words, number, &mut bytes);
                }
                let times = if *count > 1 { format!("{count} times ") } else { String::new() };
                self.send(&bytes, &format!("{times}{words}"))?;
            }
            Step::Split { pieces, apart, words } => self.send_in_pieces(*pieces, *apart, words)?,
            Step::Expect(expected) => {
                let got = self.receive(1)?;
                if got != *expected {
                    self.note(EventKind::Unexpected { expected: expected.clone(), got });
                }
            }
            Step::Replies(count) => _ = self.receive(*count)?,
            Step::Pause(duration) => thread::sleep(*duration),
            Step::Tell(what) => self.meeting.tell(what),
            Step::Await(what) => {
                if !self.meeting.wait_for(what, self.left()?) {
                    return Err(Trouble("the other client never came so far".to_owned()));
                }
            }
            Step::Close => {
                self.note(EventKind::Closed);
                self.stream = None;
            }
        }
        Ok(())
    }

    /// Binds first and connects then, so that the record knows the port from the beginning.
    fn connect(&mut self) -> Result<(), Trouble> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        self.port = socket.local_addr()?.as_socket_ipv4().map_or(0, |addr| addr.port());
        self.note(EventKind::Connecting);
        socket.connect_timeout(&self.server.into(), self.left()?)?;
        self.note(EventKind::Connected);
        let stream = TcpStream::from(socket);
        // What is sent in pieces is to arrive in pieces.
        stream.set_nodelay(true)?;
        self.stream = Some(stream);
        Ok(())
    }

    fn send(&mut self, bytes: &[u8], text: &str) -> Result<(), Trouble> {
        let left = self.left()?;
        let stream = self.connection()?;
        stream.set_write_timeout(Some(left))?;
        // Noted first: the server is quick, and what it does must not stand above the cause.
        let what = EventKind::Sent { bytes: bytes.len(), text: text.chars().take(SHOWN).collect() };
        self.note(what);
        self.connection()?.write_all(bytes)?;
        Ok(())
    }

    fn send_in_pieces(
        &mut self,
        pieces: usize,
        apart: Duration,
        words: &str,
    ) -> Result<(), Trouble> {
        let mut bytes = Vec::new();
        self.talk.encode(words, 1, &mut bytes);
        let size = bytes.len().div_ceil(pieces.max(1)).max(1);
        for (index, piece) in bytes.chunks(size).enumerate() {
            if index > 0 {
                thread::sleep(apart);
            }
            let text = format!("piece {} of {pieces}: {}", index + 1, piece.escape_ascii());
            self.send(piece, &text)?;
        }
        Ok(())
    }

    /// Waits for so many replies, and returns the first.
    fn receive(&mut self, count: usize) -> Result<String, Trouble> {
        let began = Instant::now();
        let (mut first, mut replies, mut bytes) = (None, 0, 0);
        loop {
            while replies < count
                && let Some(reply) = self.talk.decode().map_err(Trouble)?
            {
                first.get_or_insert(reply);
                replies += 1;
            }
            if replies == count {
                break;
            }
            let left = self.left()?;
            let Some(stream) = &mut self.stream else { return Err(not_connected()) };
            stream.set_read_timeout(Some(left))?;
            match stream.read(self.talk.inbox.spare_mut()) {
                Ok(0) => return Err(Trouble("the server has closed the connection".to_owned())),
                Ok(size) => {
                    self.talk.inbox.commit(size);
                    bytes += size;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let text = first.unwrap_or_default();
        let waited_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.note(EventKind::Received { bytes, replies, waited_us, text: text.clone() });
        Ok(text)
    }

    fn connection(&mut self) -> Result<&mut TcpStream, Trouble> {
        self.stream.as_mut().ok_or_else(not_connected)
    }

    /// How long it is still ready to wait.
    fn left(&self) -> Result<Duration, Trouble> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::Error::from(io::ErrorKind::TimedOut).into()) } else { Ok(left) }
    }

    fn note(&self, what: EventKind) {
        let (client, port) = (self.name.clone(), self.port);
        // Nobody may be there to read it any more, which is no reason to stop.
        _ = self.log.send(ClientEvent { at_us: now_us(), client, port, what });
    }
}

fn not_connected() -> Trouble {
    Trouble("it is not connected".to_owned())
}

/// A step in the words of `scenarios.toml`.
fn describe(step: &Step) -> String {
    match step {
        Step::Connect => "connect".to_owned(),
        Step::Send { words, .. } => format!("send {words}"),
        Step::Split { words, .. } => format!("split {words}"),
        Step::Expect(reply) => format!("expect {reply}"),
        Step::Replies(count) => format!("replies {count}"),
        Step::Pause(_) => "pause".to_owned(),
        Step::Tell(what) => format!("tell {what}"),
        Step::Await(what) => format!("await {what}"),
        Step::Close => "close".to_owned(),
    }
}
