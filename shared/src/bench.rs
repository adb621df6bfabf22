//! The load generator: measures a server from the outside, as its clients see it.
//!
//! - [`run`] does one of two things: `large` asks for large values, one request after the other;
//!   `load` lets many clients ask at once.
//! - `plan`: who does what when. `tape`: the requests, made before the clock starts, and the replies
//!   they should get. `connection`: one of the clients.
//! - `figures`: what is measured. `outcome`: what follows from it. `report`: how it is told.
//! - `text`: durations and counts for people.

mod connection;
mod figures;
mod large;
mod load;
mod outcome;
mod plan;
mod report;
mod tape;
pub mod text;

use std::io::{self, Write};
use std::process::ExitCode;

use colored::Colorize;

use crate::cli;
use crate::logging;
use crate::port;
use crate::wire::Codec;

/// Nothing listens where the user told us to measure.
const NO_SERVER: u8 = 2;

/// Measures a server and prints the figures. Exit code 0: every request got its reply; 1: some did
/// not, and standard error tells which; 2: nothing listens there.
///
/// # Errors
/// If the host is unknown, this machine cannot open so many connections, or a large value did not
/// come back as it was set.
pub fn run<C: Codec>(options: &cli::Bench) -> io::Result<ExitCode> {
    colored::control::set_override(logging::wants_colour(&io::stdout()));
    let addr = port::resolve(&options.server.host, options.server.port)?;
    let measured =
        if options.large { large::run::<C>(addr, options) } else { load::run::<C>(addr, options) };
    match measured {
        Ok(_) if cfg!(debug_assertions) && !options.json => {
            let note =
                "(Measured by a debug build. To compare, build server and bench with --release.)";
            writeln!(io::stdout(), "{}", note.dimmed())?;
            measured
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            let serve = port::command_to_serve("cargo run --release", addr);
            let start = "Start the server first, in another terminal";
            writeln!(io::stderr(), "nothing listens on {addr}. {start}:\n  {serve}")?;
            Ok(ExitCode::from(NO_SERVER))
        }
        measured => measured,
    }
}
