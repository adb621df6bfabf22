//! Floods: pipelines without end. Each request adds one to a number, so that each reply has its place.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codec::{Codec as _, Reply, resp};
use fastrand::Rng;

use super::book::{Book, Count, Trouble};
use super::line::{self, End, Line};

/// So many requests are sent before a reply is read.
pub const PIPELINE: usize = 10_000;

/// Floods the server for a while, rests, and floods it again.
///
/// # Errors
/// [`End`].
pub fn run(addr: SocketAddr, number: u64, rng: &mut Rng, book: &Book) -> Result<(), End> {
    let key = format!("soak:flood:{number}").into_bytes();
    let mut pipeline = Vec::new();
    for _ in 0..PIPELINE {
        resp::Codec::encode_request(&[b"INCR".to_vec(), key.clone()], &mut pipeline);
    }
    let mut count = 0;
    while !book.is_stopping() {
        let mut line = Line::open(addr, book)?;
        let end = Instant::now() + Duration::from_millis(rng.u64(..2000));
        while Instant::now() < end && !book.is_stopping() {
            line.send(&pipeline)?;
            for _ in 0..PIPELINE {
                count += 1;
                let reply = line.reply()?;
                if reply != Reply::Integer(count) {
                    let shown = line::shown(&reply);
                    let wrong = format!("INCR soak:flood:{number}: expected {count}; got {shown}");
                    return Err(Trouble::Wrong(wrong).into());
                }
                book.add(Count::Answered);
            }
            book.add(Count::Floods);
        }
        drop(line);
        line::pause(book, Duration::from_millis(rng.u64(..2000)));
    }
    Ok(())
}
