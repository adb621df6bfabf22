//! The client: connects to a server, sends a command, shows the reply.
//!
//! Replies go to stdout. Everything else goes to stderr.

use std::io::{self, IsTerminal, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use codec::{BadReply, Codec};
use colored::Colorize;
use shared::buffer::ReadBuffer;
use shared::reply::Reply;

use crate::cli;
use crate::{log_output, port};

mod repl;
mod show;
pub use show::Style;

/// After this time without a reply, the client prints a possible reason.
const HINT_AFTER: Duration = Duration::from_millis(300);
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No server answers at that address.
    #[error(
        "no server answers at {0} ({1}).\nStart it in another terminal:\n  {serve}",
        serve = port::command_to_serve("cargo run", *.0)
    )]
    NoServer(SocketAddr, io::Error),
    /// The server has closed the connection, or has ended.
    #[error("the server at {0} has closed the connection")]
    Closed(SocketAddr),
    /// The connection has failed.
    #[error("the connection to {0} has failed: {1}")]
    Broken(SocketAddr, io::Error),
    /// The bytes are not a reply.
    #[error(transparent)]
    BadReply(#[from] BadReply),
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection<C> {
    stream: TcpStream,
    addr: SocketAddr,
    codec: C,
    buffer: ReadBuffer,
}

impl<C: Codec> Connection<C> {
    /// Connects. If this takes longer than 300 ms, a notice on stderr says why.
    ///
    /// # Errors
    /// [`ClientError::NoServer`].
    pub fn open(addr: SocketAddr) -> Result<Self, ClientError> {
        let stream = match TcpStream::connect_timeout(&addr, HINT_AFTER) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                notice("no connection for 300 ms: the server's backlog may be full; Ctrl-C stops");
                TcpStream::connect_timeout(&addr, CONNECT_TIMEOUT)
            }
            connected => connected,
        };
        let stream = stream.map_err(|error| ClientError::NoServer(addr, error))?;
        // This fails only on a broken socket. The first write will report it better.
        _ = stream.set_nodelay(true);
        Ok(Self { stream, addr, codec: C::default(), buffer: ReadBuffer::new() })
    }

    /// Sends one request and waits for its reply without a time limit. After 300 ms, a notice on
    /// stderr says why the reply may be late.
    ///
    /// # Errors
    /// [`ClientError`]. After an error, the connection cannot be used any more.
    pub fn ask(&mut self, args: &[Vec<u8>]) -> Result<Reply<'static>, ClientError> {
        let mut waiting = Waiting { since: Instant::now(), hint_after: Some(HINT_AFTER) };
        let mut output = Vec::new();
        C::encode_request(args, &mut output);
        let mut unsent = output.as_slice();
        while !unsent.is_empty() {
            self.stream
                .set_write_timeout(waiting.hint_after)
                .map_err(|error| self.broken(error))?;
            match self.stream.write(unsent) {
                Ok(count) => unsent = unsent.get(count..).unwrap_or_default(),
                Err(error) => waiting.ignore_timeout(error).map_err(|error| self.broken(error))?,
            }
        }
        loop {
            if let Some(reply) = self.codec.decode_reply(&mut self.buffer)? {
                waiting.end();
                return Ok(reply);
            }
            self.stream.set_read_timeout(waiting.hint_after).map_err(|error| self.broken(error))?;
            match self.stream.read(self.buffer.spare_mut()) {
                Ok(0) => return Err(ClientError::Closed(self.addr)),
                Ok(count) => self.buffer.commit(count),
                Err(error) => waiting.ignore_timeout(error).map_err(|error| self.broken(error))?,
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

/// The wait for a reply.
struct Waiting {
    since: Instant,
    /// The timeout of a read or write, until the notice is printed. Then it is `None`: no timeout.
    hint_after: Option<Duration>,
}

impl Waiting {
    /// Ignores an error that means only that the wait is not over.
    fn ignore_timeout(&mut self, error: io::Error) -> io::Result<()> {
        match error.kind() {
            io::ErrorKind::Interrupted => Ok(()),
            // The name of this error depends on the operating system.
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                if self.hint_after.take().is_some() =>
            {
                notice(
                    "no reply for 300 ms: the server may be busy with another client; Ctrl-C stops",
                );
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn end(&self) {
        if self.hint_after.is_none() {
            notice(&format!("the reply came after {:.1} s", self.since.elapsed().as_secs_f64()));
        }
    }
}

/// Prints a message that is not a reply, to stderr.
pub(crate) fn notice(message: &str) {
    let message = format!("({message})");
    _ = writeln!(
        io::stderr(),
        "{}",
        if in_colour(&io::stderr()) { message.yellow() } else { message.normal() }
    );
}

/// Whether to write colours to this stream.
pub(crate) fn in_colour(stream: &impl IsTerminal) -> bool {
    let wanted = log_output::wants_colour(stream);
    if wanted {
        colored::control::set_override(true);
    }
    wanted
}

/// Runs the task `client`: one command, or a prompt.
///
/// # Errors
/// If stdout cannot be written.
pub fn run<C: Codec>(options: &cli::Client) -> io::Result<ExitCode> {
    let connected = port::resolve(&options.server.host, options.server.port)
        .map_err(|error| error.to_string())
        .and_then(|addr| Connection::<C>::open(addr).map_err(|error| error.to_string()));
    let ended = match connected {
        Err(message) => Err(message),
        Ok(connection) if options.command.is_empty() => repl::run(connection, options.json),
        Ok(connection) => one_command(connection, options),
    };
    ended.or_else(|message| {
        writeln!(io::stderr(), "{message}")?;
        Ok(ExitCode::from(2))
    })
}

/// Sends the command of the command line. The exit code is 1 for an error reply, else 0.
fn one_command<C: Codec>(
    mut connection: Connection<C>,
    options: &cli::Client,
) -> Result<ExitCode, String> {
    let args: Vec<Vec<u8>> =
        options.command.iter().map(|arg| arg.as_encoded_bytes().to_vec()).collect();
    let sent_at = Instant::now();
    let reply = connection.ask(&args).map_err(|error| error.to_string())?;
    let style = Style::for_stdout(options.json);
    style.show(&args, &reply, sent_at.elapsed()).map_err(|error| error.to_string())?;
    let is_error = matches!(reply, Reply::Error(_));
    Ok(if is_error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl<C> Connection<C> {
    /// The address of the server.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}
