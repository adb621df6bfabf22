//! How long a client waits for its replies while the server has other work.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::client::BlockingClient;
use crate::sys::Server;

/// Longest time that is told exactly, in nanoseconds: a minute.
const LONGEST: u64 = 60_000_000_000;

/// A client that asks while others give the server work.
pub(crate) struct Asking<'a> {
    /// The client, if it is connected before the work begins. The first wait of another client begins when it asks for
    /// its connection, and not when somebody has accepted it.
    pub(crate) client: Option<BlockingClient>,
    /// What it asks.
    pub(crate) command: &'a str,
    /// It asks again so long after it has its reply.
    pub(crate) pause: Duration,
}

impl Asking<'_> {
    /// Asks until the work is done, once at least, and returns how long each reply took, in nanoseconds.
    ///
    /// # Errors
    /// If the work or a request fails.
    pub(crate) fn beside<T>(
        self,
        server: &Server,
        work: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<Histogram<u64>> {
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            let asked = scope.spawn(|| self.until(&is_done, server));
            let worked = work();
            is_done.store(true, Ordering::Release);
            // What has done the work leaves now: a server may serve no other client before.
            let worked = worked.map(drop);
            let asked = asked.join();
            let asked = asked.unwrap_or_else(|_| Err(io::Error::other("the thread ended")));
            worked.and(asked)
        })
    }

    fn until(self, is_done: &AtomicBool, server: &Server) -> io::Result<Histogram<u64>> {
        let mut waits = Histogram::new_with_bounds(1, LONGEST, 3).map_err(io::Error::other)?;
        let mut begun = Instant::now();
        let mut client = self.client.map_or_else(|| BlockingClient::connect(server), Ok)?;
        loop {
            client.ask(self.command, 1)?;
            waits.saturating_record(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(LONGEST));
            if is_done.load(Ordering::Acquire) {
                return Ok(waits);
            }
            thread::sleep(self.pause);
            begun = Instant::now();
        }
    }
}
