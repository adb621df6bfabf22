//! Slow readers: ask for more than any buffer on the way holds, read nothing for a while, then
//! little by little. All replies have to come, in order.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use fastrand::Rng;

use super::book::{Book, Count, Trouble};
use super::line::{self, End, Line};

/// So many times the value is asked for: 25 MiB, more than the server keeps for one client.
const TIMES: usize = 400;
/// Its length in bytes.
const LENGTH: usize = 64 * 1024;
/// So much is read at a time, in bytes.
const SIP: usize = 16 * 1024;

/// Asks, waits, sips; again and again.
///
/// # Errors
/// [`End`].
pub fn run(addr: SocketAddr, number: u64, rng: &mut Rng, book: &Book) -> Result<(), End> {
    let key = format!("soak:slow:{number}").into_bytes();
    let value: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(LENGTH).collect();
    let mut line = Line::open(addr, book)?;
    let mut bytes = Vec::new();
    resp::Codec::encode_request(&[b"SET".to_vec(), key.clone(), value.clone()], &mut bytes);
    line.send(&bytes)?;
    expect(&line.reply()?, &Reply::ok())?;
    drop(line);
    while !book.is_stopping() {
        let line = Line::open(addr, book)?;
        // From 1.6 MB/s to 160 MB/s.
        let pause = Duration::from_micros(100 * (1 << rng.u32(..=6)));
        Reader { line, pause, value: &value }.read(&key, rng, book)?;
        book.add(Count::SlowReads);
    }
    Ok(())
}

struct Reader<'a> {
    line: Line<'a>,
    pause: Duration,
    value: &'a [u8],
}

impl Reader<'_> {
    fn read(mut self, key: &[u8], rng: &mut Rng, book: &Book) -> Result<(), End> {
        let mut bytes = Vec::new();
        for count in 0..TIMES {
            resp::Codec::encode_request(&[b"ECHO".to_vec(), count.to_string().into()], &mut bytes);
            resp::Codec::encode_request(&[b"GET".to_vec(), key.to_vec()], &mut bytes);
        }
        let mut sent = self.line.send_some(&bytes)?;
        line::pause(book, Duration::from_millis(rng.u64(..3000)));
        let (mut replies, mut last) = (0, Instant::now());
        while replies < 2 * TIMES {
            if sent < bytes.len() {
                sent += self.line.send_some(&bytes[sent..])?;
            }
            match self.line.hear(SIP)? {
                Some(0) => return Err(line::closed().into()),
                Some(_) => last = Instant::now(),
                None => self.line.wait_since(last)?,
            }
            while let Some(reply) = self.line.try_reply()? {
                self.check(replies, &reply)?;
                replies += 1;
                book.add(Count::Answered);
            }
            if book.is_stopping() {
                return Err(End::Stopped);
            }
            std::thread::sleep(self.pause);
        }
        Ok(())
    }

    fn check(&self, place: usize, reply: &Reply) -> Result<(), End> {
        if place.is_multiple_of(2) {
            expect(reply, &Reply::bulk((place / 2).to_string()))
        } else {
            expect(reply, &Reply::bulk(self.value))
        }
    }
}

fn expect(reply: &Reply, right: &Reply) -> Result<(), End> {
    if reply == right {
        return Ok(());
    }
    let (right, got) = (line::shown(right), line::shown(reply));
    Err(Trouble::Wrong(format!("a slow reader expected {right}; got {got}")).into())
}
