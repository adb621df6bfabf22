//! A server that does one thing at a time. It sleeps in two places: in `accept` until a client connects,
//! and in `read` until that client sends something. While it sleeps in `read`, no other client is served.
//! (`write` can sleep too: when the client does not read its replies and the kernel's buffers are full.)

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use log::error;
use shared::buffer::ReadBuffer;
use shared::engine::Engine;
use shared::session::Session;
use shared::{clock, http, limits, logging};

use crate::protocol::{self, LOG_FORMAT};

/// This many connected clients may wait to be accepted. (Linux lets one more wait.)
pub const BACKLOG: i32 = 1;

/// Serves clients one after the other, for ever.
pub fn run(listener: TcpListener, mut engine: Engine) -> io::Result<()> {
    loop {
        match listener.accept() {
            Ok((stream, addr)) => serve(stream, addr, &mut engine),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                // Perhaps the process has too many open files. To try again at once would only spin.
                error!("Cannot accept a client: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Serves one client until it leaves. An error of this client ends its connection and nothing else.
fn serve(stream: TcpStream, addr: SocketAddr, engine: &mut Engine) {
    let session = engine.connect(addr);
    let ended = handle(stream, &session, engine).map_err(|error| engine.limits().explain(error));
    engine.disconnect(&session, ended.err().as_ref());
}

fn handle(mut stream: TcpStream, session: &Session, engine: &mut Engine) -> io::Result<()> {
    // Replies are complete when they are written. The kernel need not wait for more (Nagle).
    stream.set_nodelay(true)?;
    if let Some(limit) = engine.limits().idle_timeout() {
        // A timeout for each read and write, not for a whole request.
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
    }
    let (mut input, mut output) = (ReadBuffer::new(), Vec::new());
    while !session.is_closing() {
        match stream.read(input.spare_mut()) {
            Ok(0) => break,
            Ok(count) => input.commit(count),
            // A signal has interrupted the call. That says nothing about the client.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        loop {
            answer(&mut input, session, engine, &mut output)?;
            if output.is_empty() {
                break;
            }
            stream.write_all(&output)?;
            output.clear();
        }
    }
    Ok(())
}

/// The heart of the server: decodes requests, executes them, and encodes the replies. It stops when no
/// whole request is left, or when a batch of replies is ready to be sent. An error ends the connection
/// without a reply.
fn answer(
    input: &mut ReadBuffer,
    session: &Session,
    engine: &mut Engine,
    output: &mut Vec<u8>,
) -> io::Result<()> {
    let now = clock::now();
    let enough = output.len() + limits::REPLY_BATCH;
    while !session.is_closing() && output.len() < enough {
        let (bytes, parsed) = input.filled_and_parsed();
        match protocol::decode_request(bytes, parsed) {
            Ok(None) => return engine.limits().check_unfinished(input.unfinished()),
            Ok(Some((request, size))) if request.is_empty() => input.consume(size),
            Ok(Some((request, size))) => {
                logging::received(LOG_FORMAT, &request);
                http::reject(&request)?;
                let reply = engine.execute(&request, session, now);
                logging::sent(LOG_FORMAT, &reply);
                protocol::encode_reply(&reply, session.version.get(), output);
                input.consume(size);
            }
            Err(error) => {
                let reply = engine.protocol_error(session, &error, parsed.position);
                logging::sent(LOG_FORMAT, &reply);
                protocol::encode_reply(&reply, session.version.get(), output);
            }
        }
    }
    Ok(())
}
