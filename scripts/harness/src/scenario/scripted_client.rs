//! One client of a scenario: a real socket, a script, and a limit to its patience.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use codec::BadReply;
use socket2::{Domain, Socket, Type};

use super::Step;
use super::barrier::Barrier;
use super::conversation::Conversation;
use trace::client_log::{ClientEvent, EventKind, now_us};
use trace::protocol::Protocol;
use trace::semantics::describe;

/// How much of a request the log shows, in letters.
const SHOWN: usize = 60;
/// The size of the socket's receive buffer, in bytes. Without a limit the kernel would let it
/// grow to 6 MB, and a client would have to be slow for much longer to be seen.
const RECEIVE_BUFFER: usize = 64 * 1024;

/// A client at work.
pub(super) struct ScriptedClient<'a> {
    name: String,
    server: SocketAddr,
    deadline: Instant,
    barrier: &'a Barrier,
    conversation: Conversation,
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

impl From<BadReply> for Trouble {
    fn from(reply: BadReply) -> Self {
        Self(reply.to_string())
    }
}

impl<'a> ScriptedClient<'a> {
    pub(super) fn new(
        name: String,
        (server, protocol): (SocketAddr, Protocol),
        patience: Duration,
        barrier: &'a Barrier,
        log: Sender<ClientEvent>,
    ) -> Self {
        let deadline = Instant::now() + patience;
        Self {
            name,
            server,
            deadline,
            barrier,
            conversation: Conversation::new(protocol),
            log,
            stream: None,
            port: 0,
        }
    }

    /// Does what the script says, and stops early if that cannot be done.
    pub(super) fn run(mut self, steps: &[Step]) {
        for step in steps {
            if let Err(Trouble(why)) = self.act(step) {
                self.note(EventKind::GaveUp { step: step.to_string(), why });
                return;
            }
        }
    }

    fn act(&mut self, step: &Step) -> Result<(), Trouble> {
        match step {
            Step::Connect => self.connect()?,
            Step::Send(command) => self.send_all(1, command)?,
            Step::Pipeline { count, command } => self.send_all(*count, command)?,
            Step::Split { pieces, pause_ms, command } => {
                self.send_in_pieces(*pieces, Duration::from_millis(*pause_ms), command)?;
            }
            Step::Expect(expected) => {
                let got = self.receive(1)?;
                if got != *expected {
                    self.note(EventKind::Unexpected { expected: expected.clone(), got });
                }
            }
            Step::Replies(count) => _ = self.receive(*count)?,
            Step::PauseMs(ms) => thread::sleep(Duration::from_millis(*ms)),
            Step::Signal(name) => self.barrier.signal(name),
            Step::WaitFor(name) => {
                if !self.barrier.wait_for(name, self.left()?) {
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

    /// Sends a command so many times in one write.
    fn send_all(&mut self, count: usize, command: &str) -> Result<(), Trouble> {
        let mut bytes = Vec::new();
        for number in 1..=count {
            self.conversation.encode(command, &number.to_string(), &mut bytes);
        }
        let times = if count > 1 { format!("{count} times ") } else { String::new() };
        self.send(&bytes, &format!("{times}{command}"))
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
        pause: Duration,
        command: &str,
    ) -> Result<(), Trouble> {
        let mut bytes = Vec::new();
        self.conversation.encode(command, "1", &mut bytes);
        let size = bytes.len().div_ceil(pieces.max(1)).max(1);
        for (index, piece) in bytes.chunks(size).enumerate() {
            if index > 0 {
                thread::sleep(pause);
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
                && let Some(reply) = self.conversation.decode()?
            {
                first.get_or_insert_with(|| describe(&reply));
                replies += 1;
            }
            if replies == count {
                break;
            }
            let left = self.left()?;
            let Some(stream) = &mut self.stream else { return Err(not_connected()) };
            stream.set_read_timeout(Some(left))?;
            match stream.read(self.conversation.received.spare_mut()) {
                Ok(0) => return Err(Trouble("the server has closed the connection".to_owned())),
                Ok(size) => {
                    self.conversation.received.commit(size);
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
