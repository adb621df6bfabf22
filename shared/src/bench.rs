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
mod text;

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use colored::Colorize;

use crate::cli;
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
    let in_colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    colored::control::set_override(in_colour);
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
            eprintln!("{}", no_server(&program(), addr));
            Ok(ExitCode::from(NO_SERVER))
        }
        measured => measured,
    }
}

/// The name of the lab whose `bench` this is.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What to do when nothing listens.
fn no_server(lab: &str, addr: SocketAddr) -> String {
    let mut options = String::new();
    if !addr.ip().is_loopback() {
        options = format!(" --host {}", addr.ip());
    }
    if addr.port() != 6379 {
        options = format!("{options} --port {}", addr.port());
    }
    let separator = if options.is_empty() { "" } else { " --" };
    format!(
        "{lab}: nothing listens on {addr}. Start the server first, in another terminal:\n  \
         cargo run --release -p {lab}{separator}{options}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_server_the_user_is_told_what_to_type() {
        let usual = no_server("lab1-blocking", SocketAddr::from(([127, 0, 0, 1], 6379)));
        assert!(usual.ends_with("\n  cargo run --release -p lab1-blocking"), "{usual}");
        let other = no_server("lab2-resp", SocketAddr::from(([127, 0, 0, 1], 7000)));
        assert!(other.ends_with("-p lab2-resp -- --port 7000"), "{other}");
    }
}
