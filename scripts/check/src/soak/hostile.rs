//! Hostile bytes: what is no request is refused or closed upon, and hurts nobody else.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::Reply;
use fastrand::Rng;

use super::book::{Book, Count, Trouble};
use super::line::{self, End, Line, PATIENCE};

/// What can never become a request: an error has to come, and then the end.
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
/// How long to listen to what a server says to bytes that may or may not be something.
const LISTENING: Duration = Duration::from_millis(100);
/// Longest nonsense, in bytes: more than an inline command may have.
const NONSENSE: usize = 100_000;

/// Sends one of these after the other, each on a connection of its own.
///
/// # Errors
/// [`End`].
pub fn run(addr: SocketAddr, rng: &mut Rng, book: &Book) -> Result<(), End> {
    while !book.is_stopping() {
        let mut line = Line::open(addr, book)?;
        if let Some(bytes) = REFUSED.get(rng.usize(..2 * REFUSED.len())) {
            line.send(bytes)?;
            refused(&mut line, bytes)?;
        } else {
            nonsense(&mut line, rng)?;
        }
        book.add(Count::Hostile);
        drop(line);
        line::pause(book, Duration::from_millis(rng.u64(..20)));
    }
    Ok(())
}

fn refused(line: &mut Line<'_>, bytes: &[u8]) -> Result<(), End> {
    let is_error = matches!(line.reply()?, Reply::Error(_));
    let last = Instant::now();
    while is_error && last.elapsed() < PATIENCE {
        match line.hear(usize::MAX) {
            Ok(Some(0)) | Err(End::Trouble(Trouble::Lost(_))) => return Ok(()),
            Ok(_) => line.wait_since(last)?,
            Err(end) => return Err(end),
        }
    }
    let bytes = bytes.escape_ascii();
    Err(Trouble::Wrong(format!("{bytes} was not refused with an error and the end")).into())
}

/// Bytes drawn by lot. Nobody knows what they mean, but all that can come back are errors.
fn nonsense(line: &mut Line<'_>, rng: &mut Rng) -> Result<(), End> {
    let halvings = rng.u32(..12);
    let length = rng.usize(..NONSENSE >> halvings);
    let first = if rng.bool() { b'*' } else { rng.u8(..) };
    let mut bytes = vec![first];
    bytes.extend(std::iter::repeat_with(|| rng.u8(..)).take(length));
    let sent = line.send(&bytes);
    let end = Instant::now() + LISTENING;
    while !matches!(sent, Err(End::Stopped)) && Instant::now() < end {
        match line.hear(usize::MAX) {
            // It has closed, or reset, while we were talking: that is its right.
            Ok(Some(0)) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        while let Some(reply) = line.try_reply()? {
            if !matches!(reply, Reply::Error(_)) {
                let shown = line::shown(&reply);
                return Err(Trouble::Wrong(format!("nonsense was answered with {shown}")).into());
            }
        }
    }
    Ok(())
}
