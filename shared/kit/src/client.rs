//! The client: connects to a server, sends a command, shows the reply.
//!
//! Replies go to stdout. Everything else goes to stderr.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use codec::{Codec, Reply};
use colored::Colorize;

use crate::cli;
use crate::{log_output, port};

mod connection;
mod error;
mod pieces;
mod repl;
mod show;
mod transcript;
mod wait;
pub use connection::Connection;
pub use error::ClientError;
pub use show::Style;

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

/// Runs the task `client`: one command, pieces of bytes, or a prompt.
///
/// # Errors
/// None: what goes wrong is told on stderr, and the exit code is 2.
pub fn run<C: Codec>(options: &cli::Client) -> io::Result<ExitCode> {
    Ok(talk::<C>(options).unwrap_or_else(|error| match error {
        // Nobody reads stdout any more, as in `client ... | head -1`. The reader has seen enough.
        ClientError::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        error => {
            // If stderr is gone as well, the exit code still tells it.
            _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }))
}

fn talk<C: Codec>(options: &cli::Client) -> Result<ExitCode, ClientError> {
    if !options.pieces.is_empty() {
        let addr = port::resolve(&options.server.host, options.server.port)?;
        return pieces::run::<C>(addr, &options.pieces);
    }
    let connection = wait::open::<C>(options)?;
    if options.command.is_empty() {
        repl::run(connection, options)
    } else {
        one_command(connection, options)
    }
}

/// Sends the command of the command line. The exit code is 1 for an error reply, else 0.
fn one_command<C: Codec>(
    mut connection: Connection<C>,
    options: &cli::Client,
) -> Result<ExitCode, ClientError> {
    let args: Vec<Vec<u8>> =
        options.command.iter().map(|arg| arg.as_encoded_bytes().to_vec()).collect();
    let sent_at = Instant::now();
    let reply = connection.ask(&args)?;
    if !options.raw {
        Style::for_stdout(options.json).show(&args, &reply, sent_at.elapsed())?;
    }
    let is_error = matches!(reply, Reply::Error(_));
    Ok(if is_error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
