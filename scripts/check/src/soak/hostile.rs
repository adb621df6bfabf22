//! A hostile client: it sends bytes that are no request. The server has to refuse them, and nobody else may suffer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::Reply;
use fastrand::Rng;

use super::connection::{Connection, REPLY_TIMEOUT, shown};
use super::counters::{Count, Counters, End};

/// Bytes that can never become a request. The server has to send an error and close the connection.
const REFUSED: [&[u8]; 9] = [
    b"*1\r\n$536870913\r\n",
    b"*1\r\n$-2\r\n",
    b"*1\r\n$99999999999999999999\r\n",
    b"*2147483648\r\n",
    b"*99999999999999999999\r\n",
    b"*x\r\n",
    b"*1\r\n:5\r\n",
    b"*1\r\n*1\r\n$4\r\nPING\r\n",
    b"GET \"never closed\r\n",
];
/// How long to wait for replies to random bytes, which may be the start of a request.
const LISTENING: Duration = Duration::from_millis(100);
/// The most random bytes: more than an inline command may have.
const LONGEST: usize = 100_000;

/// Sends bytes of one kind or the other, on a new connection each time.
pub fn run(addr: SocketAddr, rng: &mut Rng, counters: &Counters) -> Result<(), End> {
    while !counters.is_stopping() {
        let mut connection = Connection::open(addr, counters)?;
        match REFUSED.get(rng.usize(..2 * REFUSED.len())) {
            Some(bytes) => expect_refusal(&mut connection, bytes, counters)?,
            None => send_random_bytes(&mut connection, rng)?,
        }
        counters.add(Count::Hostile);
        drop(connection);
        counters.pause(Duration::from_millis(rng.u64(..20)));
    }
    Ok(())
}

fn expect_refusal(
    connection: &mut Connection<'_>,
    bytes: &[u8],
    counters: &Counters,
) -> Result<(), End> {
    connection.send(bytes)?;
    let is_error = matches!(connection.reply()?, Reply::Error(_));
    let since = Instant::now();
    while !counters.is_stopping() {
        if !is_error || since.elapsed() > REPLY_TIMEOUT {
            let bytes = bytes.escape_ascii();
            let rule = "an error and the end of the connection";
            return Err(End::Wrong(format!("{bytes}\n  expected: {rule}")));
        }
        match connection.receive(usize::MAX) {
            Err(End::Lost(_)) => return Ok(()),
            received => received?,
        };
    }
    Err(End::Stopped)
}

/// Nobody knows what these bytes mean, but only errors may come back.
fn send_random_bytes(connection: &mut Connection<'_>, rng: &mut Rng) -> Result<(), End> {
    let halvings = rng.u32(..12);
    let length = rng.usize(..LONGEST >> halvings);
    let first = if rng.bool() { b'*' } else { rng.u8(..) };
    let mut bytes = vec![first];
    bytes.extend(std::iter::repeat_with(|| rng.u8(..)).take(length));
    let sent = connection.send(&bytes);
    let end = Instant::now() + LISTENING;
    while !matches!(sent, Err(End::Stopped)) && Instant::now() < end {
        if connection.receive(usize::MAX).is_err() {
            // The server may close the connection, or reset it, while bytes are still arriving.
            return Ok(());
        }
        while let Some(reply) = connection.next_reply()? {
            if !matches!(reply, Reply::Error(_)) {
                let reply = shown(&reply);
                return Err(End::Wrong(format!("random bytes were answered with {reply}")));
            }
        }
    }
    Ok(())
}
