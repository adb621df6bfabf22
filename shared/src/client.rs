//! The client: connects to a server, sends a command, shows the reply.
//!
//! What it says about the conversation goes to stderr; replies, and nothing else, go to stdout.

use std::io::{self, IsTerminal, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use colored::Colorize;

use crate::cli;
use crate::inbox::Inbox;
use crate::logging;
use crate::port;
use crate::reply::Reply;
use crate::wire::{BadReply, Codec};

mod show;
pub use show::Style;

/// After this long without an answer, a person wants to know why.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long to wait for a server that does not even take the connection.
const GIVE_UP: Duration = Duration::from_secs(120);

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody answers at that address.
    #[error(
        "no server answers at {0} ({1}). Start it in another terminal:\n  {serve}",
        serve = port::command_to_serve("cargo run", *.0)
    )]
    NoServer(SocketAddr, io::Error),
    /// The server has ended the conversation, or is gone.
    #[error("the server at {0} has closed the connection")]
    Closed(SocketAddr),
    /// The connection broke.
    #[error("the connection to {0} broke: {1}")]
    Broken(SocketAddr, io::Error),
    /// What came is no reply.
    #[error(transparent)]
    BadReply(#[from] BadReply),
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection<C> {
    stream: TcpStream,
    addr: SocketAddr,
    codec: C,
    inbox: Inbox,
}

impl<C: Codec> Connection<C> {
    /// Connects. If that takes longer than a person would wait without wondering, it says why.
    ///
    /// # Errors
    /// [`ClientError::NoServer`].
    pub fn open(addr: SocketAddr) -> Result<Self, ClientError> {
        let stream = match TcpStream::connect_timeout(&addr, PATIENCE) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                say(
                    "no connection for 300 ms: the server's queue of waiting clients may be full; Ctrl-C gives up",
                );
                TcpStream::connect_timeout(&addr, GIVE_UP)
            }
            connected => connected,
        };
        let stream = stream.map_err(|error| ClientError::NoServer(addr, error))?;
        // Fails only if the socket is broken already, which the first write will tell better.
        _ = stream.set_nodelay(true);
        Ok(Self { stream, addr, codec: C::default(), inbox: Inbox::new() })
    }

    /// Sends one request and waits for its reply, however long that takes. While it waits it says so.
    ///
    /// # Errors
    /// [`ClientError`]; then the connection is of no more use.
    pub fn ask(&mut self, words: &[Vec<u8>]) -> Result<Reply<'static>, ClientError> {
        let mut waiting = Waiting { asked: Instant::now(), patience: Some(PATIENCE) };
        let mut outbox = Vec::new();
        C::encode(words, &mut outbox);
        let mut unsent = outbox.as_slice();
        while !unsent.is_empty() {
            self.stream.set_write_timeout(waiting.patience).map_err(|error| self.broken(error))?;
            match self.stream.write(unsent) {
                Ok(count) => unsent = unsent.get(count..).unwrap_or_default(),
                Err(error) => waiting.go_on(error).map_err(|error| self.broken(error))?,
            }
        }
        loop {
            if let Some(reply) = self.codec.decode(&mut self.inbox)? {
                waiting.end();
                return Ok(reply);
            }
            self.stream.set_read_timeout(waiting.patience).map_err(|error| self.broken(error))?;
            match self.stream.read(self.inbox.room()) {
                Ok(0) => return Err(ClientError::Closed(self.addr)),
                Ok(count) => self.inbox.arrived(count),
                Err(error) => waiting.go_on(error).map_err(|error| self.broken(error))?,
            }
        }
    }

    fn broken(&self, error: io::Error) -> ClientError {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                ClientError::Closed(self.addr)
            }
            _ => ClientError::Broken(self.addr, error),
        }
    }
}

/// A person who waits for a reply.
struct Waiting {
    asked: Instant,
    /// How long until they are told why; `None` once they know.
    patience: Option<Duration>,
}

impl Waiting {
    /// Passes over an error that only means that nothing has happened yet.
    fn go_on(&mut self, error: io::Error) -> io::Result<()> {
        match error.kind() {
            io::ErrorKind::Interrupted => Ok(()),
            // Which of the two a timeout is depends on the system.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                if self.patience.take().is_some() =>
            {
                say(
                    "no reply for 300 ms: another client may be holding the server; Ctrl-C gives up",
                );
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn end(&self) {
        if self.patience.is_none() {
            say(&format!("the reply came after {:.1} s", self.asked.elapsed().as_secs_f64()));
        }
    }
}

/// Says something about the conversation.
pub(crate) fn say(message: &str) {
    let message = format!("({message})");
    _ = writeln!(
        io::stderr(),
        "{}",
        if in_colour(&io::stderr()) { message.yellow() } else { message.normal() }
    );
}

/// Whether to write in colour there.
pub(crate) fn in_colour(stream: &impl IsTerminal) -> bool {
    let wanted = logging::wants_colour(stream);
    if wanted {
        colored::control::set_override(true);
    }
    wanted
}

/// Runs the `client` task: one command, or a conversation.
///
/// # Errors
/// If stdout cannot be written.
pub fn run<C: Codec>(options: &cli::Client) -> io::Result<ExitCode> {
    let talked = port::resolve(&options.server.host, options.server.port)
        .map_err(|error| error.to_string())
        .and_then(|addr| Connection::<C>::open(addr).map_err(|error| error.to_string()));
    let ended = match talked {
        Err(message) => Err(message),
        Ok(connection) if options.command.is_empty() => crate::repl::run(connection, options.json),
        Ok(connection) => one_command(connection, options),
    };
    ended.or_else(|message| {
        writeln!(io::stderr(), "{message}")?;
        Ok(ExitCode::from(2))
    })
}

/// Sends the one command of the command line: 0 if it was answered, 1 if with an error.
fn one_command<C: Codec>(
    mut connection: Connection<C>,
    options: &cli::Client,
) -> Result<ExitCode, String> {
    let words: Vec<Vec<u8>> =
        options.command.iter().map(|word| word.as_encoded_bytes().to_vec()).collect();
    let asked = Instant::now();
    let reply = connection.ask(&words).map_err(|error| error.to_string())?;
    let style = Style::for_stdout(options.json);
    style.show(&words, &reply, asked.elapsed()).map_err(|error| error.to_string())?;
    let is_error = matches!(reply, Reply::Error(_));
    Ok(if is_error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl<C> Connection<C> {
    /// Where the server is.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}
