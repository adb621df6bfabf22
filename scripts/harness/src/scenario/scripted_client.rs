//! One client of a scenario: a real socket, a script, and a limit to its patience.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};
use trace::client_log::now_us;
use trace::protocol::Protocol;

use super::action::Action;
use super::barrier::Barrier;
use super::conversation::Conversation;
use super::happened::{Bytes, Failure, FailureKind, Happened, What};

mod waiting;

use waiting::expected;

/// The size of the socket's receive buffer, in bytes. Without a limit the kernel would let it
/// grow to 6 MB, and a client would have to be slow for much longer to be seen.
const RECEIVE_BUFFER: usize = 64 * 1024;
/// A client at work.
pub(super) struct ScriptedClient<'a> {
    pub(super) name: String,
    pub(super) server: SocketAddr,
    pub(super) protocol: Protocol,
    /// How long each action may take, and each of several replies.
    pub(super) patience: Duration,
    pub(super) barrier: &'a Barrier,
    pub(super) log: Sender<Happened>,
    /// Is called when a client fails, while all connections are still there.
    pub(super) at_failure: &'a (dyn Fn(&str, &Failure) + Sync),
}

/// A client with its connection, or before it has one.
struct Connected<'a> {
    client: &'a ScriptedClient<'a>,
    conversation: Conversation,
    stream: Option<TcpStream>,
    /// Where its connection comes from; 0 before it has any.
    port: u16,
    /// When the action began that it is at.
    began: Instant,
    /// Since when it waits: since the action began, or since the last of several replies has come.
    waits_since: Instant,
    /// The replies that this action has waited for, and that have come.
    taken: Bytes,
}

impl ScriptedClient<'_> {
    /// Does what the script says, and stops early if that cannot be done.
    pub(super) fn run(&self, script: &[Action]) {
        let mut connected = Connected {
            client: self,
            conversation: Conversation::new(self.protocol),
            stream: None,
            port: 0,
            began: Instant::now(),
            waits_since: Instant::now(),
            taken: Bytes::default(),
        };
        for action in script.iter().flat_map(Action::flat) {
            connected.began = Instant::now();
            connected.waits_since = connected.began;
            connected.taken = Bytes::default();
            if let Err(kind) = connected.act(action) {
                let failure = connected.failure(action, kind);
                if kind != FailureKind::Abandoned {
                    (self.at_failure)(&self.name, &failure);
                }
                connected.note(What::Failed(failure));
                self.barrier.abandon();
                return;
            }
        }
    }
}

impl Connected<'_> {
    fn act(&mut self, action: &Action) -> Result<(), FailureKind> {
        match action {
            Action::Connect => self.connect(),
            Action::Send(command) => self.send_all(1, command),
            Action::Pipeline { count, command } => self.send_all(*count, command),
            Action::SendBytes(bytes) => self.send(&super::notation::bytes_of(bytes, "1"), bytes),
            Action::Split { pieces, pause_ms, command } => {
                self.send_in_pieces(*pieces, Duration::from_millis(*pause_ms), command)
            }
            Action::Expect(_) | Action::ExpectEach { .. } | Action::ExpectIn { .. } => {
                self.expect(action)
            }
            Action::ExpectStart(start) => self.expect_start(start),
            Action::Replies(count) => self.receive(*count),
            Action::ExpectSilenceMs(ms) => self.expect_silence(Duration::from_millis(*ms)),
            Action::ExpectClose => self.expect_close(),
            Action::PauseMs(ms) => self.pause(Duration::from_millis(*ms)),
            // Its actions are done one by one.
            Action::Repeat { .. } => Err(FailureKind::Impossible),
            Action::Signal(name) => {
                self.client.barrier.signal(name);
                Ok(())
            }
            Action::WaitFor(name) => self.client.barrier.wait_for(name),
            Action::Shutdown => {
                self.connection()?.shutdown(Shutdown::Write).map_err(|_| FailureKind::Closed)?;
                self.note(What::ShutDown);
                Ok(())
            }
            Action::Close => {
                self.nothing_is_left()?;
                self.note(What::Closed { with_reset: false });
                self.stream = None;
                Ok(())
            }
            Action::Reset => self.reset(),
        }
    }

    fn reset(&mut self) -> Result<(), FailureKind> {
        let linger = SockRef::from(&*self.connection()?).set_linger(Some(Duration::ZERO));
        linger.map_err(|_| FailureKind::Impossible)?;
        self.note(What::Closed { with_reset: true });
        self.stream = None;
        Ok(())
    }

    fn pause(&self, time: Duration) -> Result<(), FailureKind> {
        self.client.barrier.pause(time)?;
        self.note(What::Paused(time));
        Ok(())
    }

    /// Binds first and connects then, so that the record knows the port from the beginning.
    fn connect(&mut self) -> Result<(), FailureKind> {
        let socket = Self::bound().map_err(|_| FailureKind::Impossible)?;
        self.port = socket
            .local_addr()
            .ok()
            .and_then(|addr| addr.as_socket_ipv4())
            .map_or(0, |addr| addr.port());
        self.note(What::Connecting);
        socket
            .connect_timeout(&self.client.server.into(), self.client.patience)
            .map_err(|_| FailureKind::Refused)?;
        self.note(What::Connected);
        self.conversation = Conversation::new(self.client.protocol);
        self.stream = Some(TcpStream::from(socket));
        Ok(())
    }

    fn bound() -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        // What is sent in pieces is to arrive in pieces.
        socket.set_tcp_nodelay(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        Ok(socket)
    }

    /// Sends a command so many times in one write.
    fn send_all(&mut self, count: usize, command: &str) -> Result<(), FailureKind> {
        let mut bytes = Vec::new();
        for number in 1..=count {
            self.conversation.encode(command, &number.to_string(), &mut bytes);
        }
        let times = if count > 1 { format!("{count} times ") } else { String::new() };
        self.send(&bytes, &format!("{times}{command}"))
    }

    fn send(&mut self, bytes: &[u8], text: &str) -> Result<(), FailureKind> {
        self.nothing_is_left()?;
        // Noted first: the server is quick, and what it does must not stand above the cause.
        self.note(What::Sent { text: text.to_owned(), bytes: bytes.into() });
        let patience = self.client.patience;
        let stream = self.connection()?;
        stream.set_write_timeout(Some(patience)).map_err(|_| FailureKind::Impossible)?;
        stream.write_all(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => FailureKind::NotRead,
            _ => FailureKind::Closed,
        })
    }

    fn send_in_pieces(
        &mut self,
        pieces: usize,
        pause: Duration,
        command: &str,
    ) -> Result<(), FailureKind> {
        let mut bytes = Vec::new();
        self.conversation.encode(command, "1", &mut bytes);
        let size = bytes.len().div_ceil(pieces.max(1)).max(1);
        let pieces = bytes.len().div_ceil(size);
        for (index, piece) in bytes.chunks(size).enumerate() {
            if index > 0 {
                self.client.barrier.pause(pause)?;
            }
            let text = format!("piece {} of {pieces}: {}", index + 1, piece.escape_ascii());
            self.send(piece, &text)?;
        }
        Ok(())
    }

    /// Whether all that has come was asked for.
    fn nothing_is_left(&mut self) -> Result<(), FailureKind> {
        let Self { stream: Some(stream), conversation, .. } = self else {
            return Err(FailureKind::Impossible);
        };
        stream.set_nonblocking(true).map_err(|_| FailureKind::Impossible)?;
        // The end of the stream is found by whoever needs the stream.
        if let Ok(count) = stream.read(conversation.received.spare_mut()) {
            conversation.received.commit(count);
        }
        stream.set_nonblocking(false).map_err(|_| FailureKind::Impossible)?;
        if self.conversation.received.is_empty() { Ok(()) } else { Err(FailureKind::TooMuch) }
    }

    fn connection(&mut self) -> Result<&mut TcpStream, FailureKind> {
        self.stream.as_mut().ok_or(FailureKind::Impossible)
    }

    fn failure(&self, action: &Action, kind: FailureKind) -> Failure {
        let mut must = Bytes::default();
        if let Action::ExpectStart(start) = action {
            must.extend(&super::notation::bytes_of(start, "1"));
        }
        if let Some((count, reply)) = expected(action) {
            for number in 1..=count {
                must.extend(&reply.bytes(number, self.client.protocol));
            }
        }
        let mut got = self.taken.clone();
        got.extend(self.conversation.received.filled());
        let is_about_time = matches!(kind, FailureKind::TooSoon | FailureKind::TooLate);
        let since = if is_about_time { self.began } else { self.waits_since };
        let waited = since.elapsed();
        Failure { action: action.to_string(), kind, expected: must, got, waited }
    }

    fn note(&self, what: What) {
        let (client, port) = (self.client.name.clone(), self.port);
        // Nobody may be there to read it any more, which is no reason to stop.
        _ = self.client.log.send(Happened { at_us: now_us(), client, port, what });
    }
}
