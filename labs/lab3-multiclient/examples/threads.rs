//! Lab 2 with a thread for each client: the other way to serve many clients. All threads share one engine,
//! so one lock protects it. `protocol.rs` is the same as in the lab.
//!
//! ```sh
//! cargo run --release -p lab3-multiclient --example threads
//! scripts/compare.sh --with-threads
//! ```
//!
//! Left out, because the lab shows them: limits, a log line for each request, and keys that expire while no
//! client asks.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use kit::cli::{self, Serve, Task};
use kit::{log_output, port, signals};
use log::error;
use shared::buffer::ReadBuffer;
use shared::engine::Engine;
use shared::session::Session;
use shared::{clock, http};
use socket2::{Domain, Socket, Type};

#[allow(dead_code, unused_imports, reason = "a part of the lab")]
#[path = "../src/protocol.rs"]
mod protocol;

const NAME: &str = "threads";
/// As in lab 3.
const BACKLOG: i32 = 511;

fn main() -> ExitCode {
    let about = "Lab 3's protocol, with a thread for each client";
    let ended = match cli::parse_example("lab3-multiclient", NAME, about) {
        Task::Serve(options) => serve(&options),
        _ => Err(io::Error::other("this example only serves; the client is that of lab 3")),
    };
    ended.map_or_else(
        |error| {
            eprintln!("{NAME}: {error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn serve(options: &Serve) -> io::Result<()> {
    log_output::start(&options.log_file, options.quiet);
    let addr = port::resolve(&options.host, options.port)?;
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket
        .bind(&addr.into())
        .and_then(|()| socket.listen(options.backlog.unwrap_or(BACKLOG)))
        .map_err(|error| {
            port::cannot_listen("lab3-multiclient --example threads", options, addr, &error)
        })?;
    let listener: TcpListener = socket.into();
    let addr = listener.local_addr()?;
    let engine = Engine::new(NAME, addr, Arc::default(), options.limits.into());
    signals::exit_on_signal(NAME, Arc::clone(&engine.state.stats))?;
    println!("{NAME} listening on {addr} (pid {})", std::process::id());
    run(&listener, &Arc::new(Mutex::new(engine)))
}

/// Accepts clients for ever, and starts a thread for each.
fn run(listener: &TcpListener, engine: &Arc<Mutex<Engine>>) -> io::Result<()> {
    loop {
        let engine = Arc::clone(engine);
        let started = listener.accept().and_then(|(stream, addr)| {
            // `ps -T` shows the name.
            let thread = thread::Builder::new().name(format!("client {}", addr.port()));
            thread.spawn(move || serve_client(stream, addr, &engine))
        });
        if let Err(error) = started {
            // Perhaps there are too many open files, or threads. To try again at once would only spin.
            error!("Cannot serve a client: {error}");
            thread::sleep(Duration::from_millis(100));
        }
    }
}

fn lock(engine: &Mutex<Engine>) -> MutexGuard<'_, Engine> {
    engine.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve_client(stream: TcpStream, addr: SocketAddr, engine: &Mutex<Engine>) {
    let session = lock(engine).connect(addr);
    let ended = handle(stream, &session, engine);
    lock(engine).disconnect(&session, ended.err().as_ref());
}

/// Serves one client until it leaves. This thread sleeps in `read`, and no other client waits for it.
fn handle(mut stream: TcpStream, session: &Session, engine: &Mutex<Engine>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut input, mut output) = (ReadBuffer::new(), Vec::new());
    while !session.is_closing() {
        match stream.read(input.spare_mut())? {
            0 => break,
            count => input.commit(count),
        }
        answer(&mut input, session, engine, &mut output)?;
        stream.write_all(&output)?;
        output.clear();
    }
    Ok(())
}

/// The heart of the server. One thread at a time executes a request. The reply borrows its value from the
/// store, so the lock is held until the reply is encoded.
fn answer(
    input: &mut ReadBuffer,
    session: &Session,
    engine: &Mutex<Engine>,
    output: &mut Vec<u8>,
) -> io::Result<()> {
    while !session.is_closing() {
        let (bytes, parsed) = input.filled_and_parsed();
        match protocol::decode_request(bytes, parsed) {
            Ok(None) => return lock(engine).limits().check_unfinished(input.unfinished()),
            Ok(Some((request, size))) if request.is_empty() => input.consume(size),
            Ok(Some((request, size))) => {
                http::reject(&request)?;
                let mut engine = lock(engine);
                let reply = engine.execute(&request, session, clock::now());
                protocol::encode_reply(&reply, session.version.get(), output);
                input.consume(size);
            }
            Err(error) => {
                let reply = lock(engine).protocol_error(session, &error, parsed.position);
                protocol::encode_reply(&reply, session.version.get(), output);
            }
        }
    }
    Ok(())
}
