//! The quiet client: one PING after the other, all the time. What it waits is what others do to it.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use codec::Reply;
use hdrhistogram::Histogram;

use super::book::{Book, Count, Trouble};
use super::line::{self, End, Line};

/// How long it rests between two of them: it measures, and is no load.
const REST: Duration = Duration::from_millis(1);

/// How long each PING took, in nanoseconds.
pub type Times = Mutex<Histogram<u64>>;

/// Asks until it is time to leave.
///
/// # Errors
/// [`End`].
pub fn run(addr: SocketAddr, times: &Times, book: &Book) -> Result<(), End> {
    let mut line = Line::open(addr, book)?;
    while !book.is_stopping() {
        let asked = Instant::now();
        line.send(b"*1\r\n$4\r\nPING\r\n")?;
        let reply = line.reply()?;
        let nanos = u64::try_from(asked.elapsed().as_nanos()).unwrap_or(u64::MAX);
        times.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(nanos);
        if reply != Reply::Status("PONG".into()) {
            let shown = line::shown(&reply);
            return Err(Trouble::Wrong(format!("PING: expected PONG; got {shown}")).into());
        }
        book.add(Count::Answered);
        line::pause(book, REST);
    }
    Ok(())
}
