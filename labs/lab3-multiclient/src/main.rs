#![doc = env!("CARGO_PKG_DESCRIPTION")]
//!
//! This file is the table of contents. `server.rs` waits for clients and their requests. `protocol.rs`
//! turns bytes into requests and replies into bytes. The crate `shared` executes the requests, and the
//! crate `kit` has everything around: command line, log, client, load generator.

mod protocol;
mod server;

use std::io::{self, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use kit::cli::{self, Serve, Task};
use kit::{bench, client, log_output, port, signals};
use shared::engine::Engine;
use shared::state::Stats;
use socket2::{Domain, Socket, Type};

const LAB: &str = env!("CARGO_PKG_NAME");

fn main() -> ExitCode {
    let ended = match cli::parse(LAB, env!("CARGO_PKG_DESCRIPTION")) {
        Task::Serve(options) => serve(&options).map(|()| ExitCode::SUCCESS),
        Task::Client(options) => client::run::<protocol::Codec>(&options),
        Task::Bench(options) => bench::run::<protocol::Codec>(&options),
    };
    ended.unwrap_or_else(|error| {
        // `eprintln!` would panic if stderr is closed or full.
        _ = writeln!(io::stderr(), "{LAB}: {error}");
        ExitCode::FAILURE
    })
}

fn serve(options: &Serve) -> io::Result<()> {
    log_output::start(&options.log_file, options.quiet);
    let listener = listen(options)?;
    let addr = listener.local_addr()?;
    port::warn_if_public(addr);

    let stats = Arc::new(Stats::default());
    signals::exit_on_signal(LAB, Arc::clone(&stats))?;
    log_output::announce(LAB, addr);
    server::run(listener, Engine::new(LAB, addr, stats, options.limits.into()))
}

/// Makes a socket that clients can connect to: `socket`, `bind`, `listen`.
///
/// After `listen`, the kernel completes the handshake of every client by itself, even if the server never
/// accepts it. `backlog` is the number of clients that may wait for `accept`.
fn listen(options: &Serve) -> io::Result<TcpListener> {
    let addr = port::resolve(&options.host, options.port)?;
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    // Without this, a restart would fail for a minute, while old connections are in TIME_WAIT.
    socket.set_reuse_address(true)?;
    socket
        .bind(&addr.into())
        .and_then(|()| socket.listen(options.backlog.unwrap_or(server::BACKLOG)))
        .map_err(|error| port::cannot_listen(LAB, options, addr, &error))?;
    Ok(socket.into())
}
