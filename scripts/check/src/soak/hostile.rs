//! A hostile client: it sends bytes that are no request. The server has to refuse them.

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
        match REFUSED.get(rng.usize(..2 * REFUSED.len())) {
            Some(bytes) => send(addr, bytes, true, counters)?,
            None => send(addr, &random_bytes(rng), false, counters)?,
        }
        counters.add(Count::Hostile);
        counters.pause(Duration::from_millis(rng.u64(..20)));
    }
    Ok(())
}

fn random_bytes(rng: &mut Rng) -> Vec<u8> {
    let halvings = rng.u32(..12);
    let length = rng.usize(..LONGEST >> halvings);
    let first = if rng.bool() { b'*' } else { rng.u8(..) };
    std::iter::once(first).chain(std::iter::repeat_with(|| rng.u8(..)).take(length)).collect()
}

/// Sends the bytes. Only errors may come back. If the bytes must be refused, an error must come, and then the end.
fn send(addr: SocketAddr, bytes: &[u8], is_refused: bool, counters: &Counters) -> Result<(), End> {
    let mut connection = Connection::open(addr, counters)?;
    // The server may close the connection, or reset it, while bytes are still arriving.
    let mut is_closed = connection.send(bytes).is_err();
    let end = Instant::now() + if is_refused { REPLY_TIMEOUT } else { LISTENING };
    let mut has_error = false;
    while !is_closed && Instant::now() < end && !counters.is_stopping() {
        is_closed = connection.receive(usize::MAX).is_err();
        while let Some(reply) = connection.next_reply()? {
            if !matches!(reply, Reply::Error(_)) {
                let (bytes, reply) = (start_of(bytes), shown(&reply));
                let text =
                    format!("bytes that begin {bytes}\n  expected: an error\n  got:      {reply}");
                return Err(End::Wrong(text));
            }
            has_error = true;
        }
    }
    if is_refused && !(has_error && is_closed) && !counters.is_stopping() {
        let (bytes, error) = (start_of(bytes), if has_error { "an error" } else { "no error" });
        let text = format!("{bytes}\n  expected: an error, and then the end of the connection");
        let end = if is_closed { "the end" } else { "no end" };
        return Err(End::Wrong(format!("{text}\n  got:      {error} and {end}")));
    }
    Ok(())
}

fn start_of(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(40)].escape_ascii().to_string()
}
