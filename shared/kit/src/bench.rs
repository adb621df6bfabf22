//! The load generator: measures a server from the outside, as a client sees the server.
//!
//! - [`run`] starts one of two measurements. `large` sets and gets large values, one request after the
//!   other. `load` runs many clients at the same time.
//! - `plan`: how clients share the requests. `workload`: the requests, encoded before the clock starts,
//!   and the expected replies. `connection`: one client.
//! - `figures`: the measurements. `outcome`: the conclusions. `report`: the output.
//! - `text`: durations and counts for people.

mod connection;
mod figures;
mod large;
mod load;
mod outcome;
mod plan;
mod report;
pub mod text;
mod workload;

use std::io::{self, Write};
use std::process::ExitCode;

pub use self::figures::Latencies;
use codec::Codec;
use colored::Colorize;

use crate::cli;
use crate::log_output;
use crate::other_lab;
use crate::port;

/// The exit code if no server listens at the address.
const NO_SERVER: u8 = 2;

/// Measures a server and prints the figures. The exit code is 0 if every request got its reply, 1 if
/// some did not (standard error says why), and 2 if no server of this lab's protocol listens there.
///
/// # Errors
/// If the host is unknown, if this machine cannot open so many connections, or if GET returns a
/// large value that differs from the value of SET.
pub fn run<C: Codec>(options: &cli::Bench) -> io::Result<ExitCode> {
    colored::control::set_override(log_output::wants_colour(&io::stdout()));
    let addr = port::resolve(&options.server.host, options.server.port)?;
    let measured =
        if options.large { large::run::<C>(addr, options) } else { load::run::<C>(addr, options) };
    if let Some(bad) = measured.as_ref().err().and_then(other_lab::found_in) {
        let text = other_lab::explain(bad, addr, "cargo run --release", "bench");
        writeln!(io::stderr(), "{text}")?;
        return Ok(ExitCode::from(NO_SERVER));
    }
    match measured {
        Ok(_) if cfg!(debug_assertions) && !options.json => {
            let note =
                "(Measured by a debug build. To compare, build server and bench with --release.)";
            unless_unread(writeln!(io::stdout(), "{}", note.dimmed()))?;
            measured
        }
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            let serve = port::command_to_serve("cargo run --release", addr);
            let start = "Start the server in another terminal";
            writeln!(io::stderr(), "no server listens on {addr}. {start}:\n  {serve}")?;
            Ok(ExitCode::from(NO_SERVER))
        }
        measured => measured,
    }
}

/// Ignores the error that nobody reads stdout any more, as in `bench | head -3`. The reader has seen enough.
fn unless_unread(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
