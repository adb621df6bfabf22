//! A server that does one thing at a time. It sleeps in two places: in `accept` until a client comes,
//! and in `read` until that client says something. While it sleeps in `read`, nobody else is heard.
//! (A client that does not read its replies makes a third: `write` sleeps when the kernel has no room.)

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use log::error;
use shared::engine::Engine;
use shared::inbox::Inbox;
use shared::reply::Reply;
use shared::session::Session;
use shared::{browser, clock, limits, logging};

use crate::protocol::{self, WIRE};

/// How many clients may wait, connected, to be accepted. (Linux lets one more wait than it is told.)
pub const BACKLOG: i32 = 1;

/// Serves clients, one after the other, for ever.
pub fn run(listener: TcpListener, mut engine: Engine) -> io::Result<()> {
    loop {
        match listener.accept() {
            Ok((stream, addr)) => serve(stream, addr, &mut engine),
            Err(error) => {
                // Out of file descriptors, perhaps. To try again at once would only spin.
                error!("Cannot accept a client: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Serves one client until it leaves. What goes wrong with it ends its connection and nothing else.
fn serve(stream: TcpStream, addr: SocketAddr, engine: &mut Engine) {
    let session = engine.connect(addr);
    let ended = converse(stream, &session, engine).map_err(|error| engine.limits.explain(error));
    engine.disconnect(&session, ended.err().as_ref());
}

fn converse(mut stream: TcpStream, session: &Session, engine: &mut Engine) -> io::Result<()> {
    // A reply is whole when we write it: there is nothing the kernel should wait for (Nagle).
    stream.set_nodelay(true)?;
    if let Some(limit) = engine.limits.idle_timeout() {
        // It is a deadline for each read and write, and not for a request: a byte now and then will do.
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
    }
    let (mut inbox, mut outbox) = (Inbox::new(), Vec::new());
    while !session.is_leaving() {
        let count = stream.read(inbox.room())?;
        if count == 0 {
            break;
        }
        inbox.arrived(count);
        loop {
            answer(&mut inbox, session, engine, &mut outbox)?;
            if outbox.is_empty() {
                break;
            }
            stream.write_all(&outbox)?;
            outbox.clear();
        }
    }
    Ok(())
}

/// The heart of the server: turns what a client has sent into what it gets back. It takes all whole
/// requests from the inbox, and stops early when there is enough to send. An error ends the connection,
/// with nothing said.
fn answer(
    inbox: &mut Inbox,
    session: &Session,
    engine: &mut Engine,
    outbox: &mut Vec<u8>,
) -> io::Result<()> {
    let now = clock::now();
    let enough = outbox.len() + limits::TURN;
    while !session.is_leaving() && outbox.len() < enough {
        match protocol::decode(inbox) {
            Ok(None) => break,
            Ok(Some(request)) => {
                logging::received(WIRE, &request);
                browser::refuse(&request)?;
                let reply = engine.execute(request, session, now);
                logging::sent(WIRE, &reply);
                protocol::encode(&reply, session.version.get(), outbox);
            }
            Err(error) => {
                let reply = Reply::Error(error.to_string().into());
                logging::sent(WIRE, &reply);
                protocol::encode(&reply, session.version.get(), outbox);
                session.leave();
            }
        }
    }
    Ok(())
}
